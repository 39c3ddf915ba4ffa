import { ConfigError, createLogger, onSignals, tellError } from "@percale/daemon";
import { daemonExit } from "@percale/protocol";
import { NodeAgent } from "./agent.ts";
import { agentConfig } from "./config.ts";
import { AlreadyRunning } from "./lock.ts";

/** The whole program: configuration in, an agent until a signal comes. */
export async function runAgent(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  if (argv.includes("--help")) {
    process.stdout.write(
      `The node agent of Percale. Acts on the network namespace that it runs in.\n\n${agentConfig.help()}`,
    );
    return;
  }
  try {
    const { values, effective } = agentConfig.load({ argv, env });
    const log = createLogger({ component: "node-agent", level: values.logLevel, format: values.log }).child({
      node: values.nodeName,
    });
    log.info("configuration", { effective });
    const agent = new NodeAgent({ config: values, log });
    onSignals({ log, stop: () => agent.stop() });
    await agent.start();
  } catch (error) {
    const isForPeople = error instanceof ConfigError || error instanceof AlreadyRunning;
    const text = isForPeople ? error.message : `the node agent did not start: ${tellError(error)}`;
    process.stderr.write(`${text}\n`);
    process.exit(daemonExit.failed.code);
  }
}
