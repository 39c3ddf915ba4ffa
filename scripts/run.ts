/**
 * The supervisor: database, API, dashboard and lab as child processes, started in order, kept running, stopped in reverse.
 * `npm start` runs it; what it prints is for the person at the terminal, each child's own words go to its log file.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readKubeconfig } from "@percale/cli";
import { createLogger } from "@percale/daemon";
import { readRunConfig } from "./run/config.ts";
import { startDatabase } from "./run/database.ts";
import { startLab } from "./run/lab.ts";
import { endLeftovers, pidFile } from "./run/leftovers.ts";
import { releaseLock, takeLock } from "./run/lock.ts";
import { claimable, isApiReady, isServing, waitUntil } from "./run/readiness.ts";
import { Service } from "./run/service.ts";

const config = readRunConfig();
const { root, dataDir, apiPort, webPort } = config;
const kubeconfig = join(dataDir, "kubeconfig");
const startedAt = performance.now();
const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
const say = (text: string): void => console.log(`  ${text}`);

const holder = takeLock(dataDir);
if (holder !== undefined) {
  console.log(`Percale runs already (process ${holder}; kill ${holder} stops it).`);
  printSignIn();
  process.exit(0);
}

const abort = new AbortController();
const stops: (() => Promise<void>)[] = [];
let stopping: Promise<void> | undefined;
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void stop(0));

const log = createLogger({ component: "supervisor", format: "pretty", level: "warn" });
try {
  await endLeftovers(dataDir, say);
  await claimable("API", apiPort, "PERCALE_API_PORT");
  if (webPort !== undefined) await claimable("dashboard", webPort, "PERCALE_WEB_PORT");
  const database = await startDatabase({ config, say, log });
  stops.push(() => database.stop());
  say(`database ready (${seconds()})`);

  service("api", ["apps/api/src/main.ts"], { DATABASE_URL: database.url, PERCALE_API_PORT: String(apiPort) });
  await waitUntil(async () => isApiReady(kubeconfig), {
    what: "the API",
    signal: abort.signal,
  });
  const { server, ca } = readKubeconfig(kubeconfig);
  say(`API ready on ${server} (${seconds()})`);

  // Beside the dashboard's start: neither waits for the other.
  if (config.lab) stops.push(startLab({ config, say, seconds, signal: abort.signal }));
  if (webPort !== undefined) {
    const caFile = join(dataDir, "web-ca.crt");
    writeFileSync(caFile, ca ?? "");
    service("web", ["src/server.ts"], {
      NODE_ENV: config.development ? "development" : "production",
      PERCALE_API_URL: server,
      PERCALE_CA_FILE: caFile,
      PERCALE_WEB_PORT: String(webPort),
    });
    await waitUntil(async () => isServing(`http://127.0.0.1:${webPort}/`), {
      what: "the dashboard",
      signal: abort.signal,
    });
    say(`dashboard ready (${seconds()})`);
  }
  console.log("");
  printSignIn();
  say("Ctrl-C stops everything.");
} catch (error) {
  if (stopping === undefined) {
    console.error(`\nStart failed: ${error instanceof Error ? error.message : String(error)}`);
    console.error(`Logs: ${join(dataDir, "logs")}`);
    await stop(1);
  }
}

function service(name: string, argv: readonly string[], env: NodeJS.ProcessEnv): void {
  const watch = config.development && name !== "web" ? ["--watch"] : [];
  const running = new Service({
    name,
    argv: [process.execPath, ...watch, ...argv],
    cwd: name === "web" ? join(root, "apps/web") : root,
    env: { ...config.environment, PERCALE_DATA: dataDir, ...env },
    logFile: join(dataDir, "logs", `${name}.log`),
    pidFile: pidFile(dataDir, name),
    say,
  });
  stops.push(() => running.stop());
}

function printSignIn(): void {
  console.log(
    webPort === undefined
      ? `  API:        ${readKubeconfig(kubeconfig).server}`
      : `  Dashboard:  http://127.0.0.1:${webPort}`,
  );
  console.log(`  Sign in:    ${tokenLine()}`);
  console.log(`  kubectl:    kubectl --kubeconfig ${kubeconfig} get tiers`);
  console.log("");
}

/** The token itself is shown once, at the first start; later the file is named. */
function tokenLine(): string {
  const path = join(dataDir, "admin-token");
  const shown = join(dataDir, "admin-token.shown");
  if (existsSync(shown)) return `with the token in ${path}`;
  writeFileSync(shown, "", { mode: 0o600 });
  return `with the token ${readFileSync(path, "utf8").trim()} (shown once; kept in ${path})`;
}

async function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    console.log("\nStopping …");
    abort.abort();
    // Last started first: the lab detaches its workloads while the API still answers.
    for (const one of stops.reverse()) await one().catch((error: unknown) => log.error("stop failed", { error }));
    releaseLock(dataDir);
    console.log("Stopped.");
    process.exit(code);
  })();
  return stopping;
}
