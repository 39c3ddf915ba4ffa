import { ConfigError, createLogger, onSignals, tellError } from "@percale/daemon";
import { daemonExit } from "@percale/protocol";
import { outsideDatabaseFault } from "@percale/store";
import { readAuditPolicy } from "./audit/read-policy.ts";
import { apiHelp, loadApiConfig, oidcOf } from "./config.ts";
import { tuneHeap } from "./heap.ts";
import { startApi } from "./start.ts";

tuneHeap();

if (process.argv.includes("--help")) {
  process.stdout.write(apiHelp());
  process.exit(daemonExit.stopped.code);
}
try {
  const { values, effective } = loadApiConfig({ argv: process.argv.slice(2), env: process.env });
  const { host, port, socket, data, databaseUrl, names, historyDays, historyRevisions, logLevel, logFormat } = values;
  const log = createLogger({ component: "api", level: logLevel, format: logFormat });
  log.info("configuration", Object.fromEntries(effective.map(({ key, value }) => [key, value])));
  const fault = databaseUrl === undefined ? undefined : await outsideDatabaseFault(databaseUrl);
  if (fault !== undefined) throw new ConfigError(`DATABASE_URL (or --database-url): ${fault}`);
  const auditPolicy = values.auditPolicy === undefined ? undefined : await readAuditPolicy(values.auditPolicy);
  const api = await startApi({
    dataDir: data,
    host,
    port,
    socket,
    names,
    history: { days: historyDays, revisions: historyRevisions },
    log,
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(auditPolicy !== undefined && { auditPolicy }),
    ...oidcOf(values),
  });
  onSignals({ log, stop: () => api.close() });
  log.info("ready", { url: api.url, socket, data });
} catch (error) {
  // What a person can mend is told to a person; only bugs come with a stack.
  console.error(error instanceof ConfigError ? error.message : `the API server did not start: ${tellError(error)}`);
  process.exit(daemonExit.failed.code);
}
