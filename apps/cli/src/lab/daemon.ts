/** The lab's daemon: `percale lab run`, in the foreground; `npm start` and `percale lab up` start it. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { createLogger, onSignals } from "@percale/daemon";
import { daemonExit } from "@percale/protocol";
import { readConfig } from "../config.ts";
import { labSocket } from "./places.ts";
import { labAccess } from "./api.ts";
import { serveControl } from "./control.ts";
import { Lab } from "./lab.ts";
import { runProber } from "./prober.ts";
import { reporter } from "./report.ts";

const config = readConfig();
const log = createLogger({ component: "lab", format: config.prettyLog ? "pretty" : "json" });
const socket = labSocket(config.dataDir);
const lab = new Lab({ config, log });

let stopped: Promise<void> | undefined;
const stop = async (): Promise<void> => {
  stopped ??= lab.down().finally(() => rmSync(socket, { force: true }));
  return stopped;
};

mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
const control = await serveControl(socket, async (request) => {
  if (request.verb !== "stop") return lab.handle(request);
  await stop();
  setImmediate(() => process.exit(daemonExit.stopped.code)); // after the answer has left
  return { stopped: true };
});
onSignals({ log, stop, signals: ["SIGTERM", "SIGINT", "SIGHUP"] });

try {
  await lab.up();
  const report = reporter({ access: () => labAccess(config), status: () => lab.status(), log });
  await runProber({
    targets: () => lab.targets(),
    report,
    onError: (error) => log.debug("report refused", { error }),
    now: () => new Date(),
    signal: lab.signal,
  });
} catch (error) {
  if (stopped === undefined) {
    log.error("the lab did not come up", { error });
    await stop();
    process.exitCode = daemonExit.failed.code;
  }
}
await stopped;
control.close();
