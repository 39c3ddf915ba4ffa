// Faces of apps are for other packages; what a program may be told is read where it says so.
import type { Config, ConfigKeys } from "@percale/daemon";
import { agentConfig } from "../../apps/node-agent/src/config.ts";
import { apiConfig } from "../../apps/api/src/config.ts";
import { code, page, prose, table } from "./markdown.ts";

const INTRODUCTION = `A flag counts before an environment variable, that before a key of the JSON file that \`--config\` names, that before the default.
Each daemon prints at start what it goes by, secrets masked.`;

export function configurationPage(): string {
  return page(
    "Configuration",
    "the `config.ts` of each daemon",
    INTRODUCTION,
    "## API server",
    keysOf(apiConfig),
    "## Node agent",
    keysOf(agentConfig),
  );
}

function keysOf<K extends ConfigKeys>(config: Config<K>): string {
  return table(
    ["key", "flag", "environment", "default", "what it is"],
    config
      .describe()
      .map(({ key, flag, variable, default: fallback = "", help, unit }) => [
        code(key),
        code(flag),
        code(variable),
        code(fallback),
        `${prose(help)}${unit === undefined ? "" : ` (${unit})`}`,
      ]),
  );
}
