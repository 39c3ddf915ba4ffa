import { ConfigError, createLogger, onSignals } from "@percale/daemon";
import { loadApiConfig } from "./config.ts";
import { startApi } from "./start.ts";

try {
  const { values, effective } = loadApiConfig({ argv: process.argv.slice(2), env: process.env });
  const { host, port, socket, data, databaseUrl, names, logLevel, logFormat } = values;
  const log = createLogger({ component: "api", level: logLevel, format: logFormat });
  log.info("configuration", Object.fromEntries(effective.map(({ key, value }) => [key, value])));
  const api = await startApi({
    dataDir: data,
    host,
    port,
    socket,
    names,
    log,
    ...(databaseUrl !== undefined && { databaseUrl }),
  });
  onSignals({ log, stop: () => api.close() });
  log.info("ready", { url: api.url, socket, data });
} catch (error) {
  if (error instanceof ConfigError) console.error(error.message);
  else createLogger({ component: "api" }).error("start failed", { error });
  process.exit(1);
}
