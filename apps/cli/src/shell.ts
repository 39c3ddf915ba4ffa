/** What every command that asks the server takes, before its name or behind it: where the server is, and who asks. */
import { Option } from "commander";
import type { Command } from "commander";
import { chooseAccess } from "./access/choose.ts";
import type { AccessFlags } from "./access/choose.ts";
import type { CliConfig } from "./config.ts";
import type { Access } from "./rest/client.ts";
import { refuseOtherVersion } from "./verbs/version.ts";
import { parseChoice } from "./words.ts";

/** calicoctl's; `debug` shows each request that was answered. */
const LEVELS = { panic: 0, fatal: 0, error: 0, warn: 0, info: 0, debug: 1 } as const;

interface GlobalFlags extends AccessFlags {
  readonly logLevel?: string;
  readonly allowVersionMismatch?: true;
}

export interface Shell {
  readonly config: CliConfig;
  /** The server that the flags of a command name, once it is known that its version fits. */
  access(command: Command): Promise<Access>;
  /** The same, whatever its version is. */
  anyAccess(command: Command): Promise<Access>;
}

export function shellOf(config: CliConfig): Shell {
  const anyAccess = async (command: Command): Promise<Access> => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    const access = await chooseAccess(config, flags);
    const isTold = parseChoice("--log-level", flags.logLevel ?? "panic", LEVELS) > 0;
    return isTold ? { ...access, onAnswer: (line) => console.error(`debug: ${line}`) } : access;
  };
  return {
    config,
    anyAccess,
    access: async (command) => {
      const access = await anyAccess(command);
      if (command.optsWithGlobals<GlobalFlags>().allowVersionMismatch === true) return access;
      await refuseOtherVersion(access);
      return access;
    },
  };
}

/** `isShort`: the command has no other use for `-l`. */
export function withGlobals(command: Command, { isShort = true, isHidden = true } = {}): Command {
  const options = [
    new Option("--server <url>", "the API server, such as https://127.0.0.1:5443 (PERCALE_SERVER, with PERCALE_TOKEN)"),
    new Option("--kubeconfig <file>", "how to reach it (PERCALE_KUBECONFIG, KUBECONFIG)"),
    new Option("--context <name>", "which context of the kubeconfig"),
    new Option("-c, --config <file>", "calicoctl's configuration (/etc/calico/calicoctl.cfg)"),
    new Option(`${isShort ? "-l, " : ""}--log-level <level>`, "panic, fatal, error, warn, info or debug"),
    new Option("--allow-version-mismatch", "ask a server of another version too"),
  ];
  for (const option of options) command.addOption(isHidden ? option.hideHelp() : option);
  return command;
}
