import { ConfigError, createLogger, onSignals } from "@percale/daemon";
import { NodeAgent } from "./agent.ts";
import { agentConfig } from "./config.ts";

if (process.argv.includes("--help")) {
  process.stdout.write(
    `The node agent of Percale. Acts on the network namespace that it runs in.\n\n${agentConfig.help()}`,
  );
  process.exit(0);
}
try {
  const { values, effective } = agentConfig.load({ argv: process.argv.slice(2), env: process.env });
  const log = createLogger({ component: "node-agent", level: values.logLevel, format: values.log }).child({
    node: values.nodeName,
  });
  log.info("configuration", { effective });
  const agent = new NodeAgent({ config: values, log });
  onSignals({ log, stop: () => agent.stop() });
  await agent.start();
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}
