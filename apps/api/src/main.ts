import { createLogger, onSignals } from "@percale/daemon";
import { ConfigError } from "@percale/daemon";
import { loadApiConfig } from "./config.ts";
import { startApi } from "./start.ts";

const log = createLogger({ component: "api", format: process.env["PERCALE_LOG"] === "pretty" ? "pretty" : "json" });
try {
  const { values, effective } = loadApiConfig({ argv: process.argv.slice(2), env: process.env });
  const { host, port, socket, data, databaseUrl, names } = values;
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
  else log.error("start failed", { error });
  process.exit(1);
}
