/** `percale query …`: what is in force where, as calicoq tells it. A program called `calicoq` has these verbs alone. */
import type { Command } from "commander";
import type { Question } from "./questions/calicoq.ts";
import { withGlobals } from "./shell.ts";
import type { Shell } from "./shell.ts";
import { parseChoice } from "./words.ts";
import { policyRef } from "./questions/policy-ref.ts";
import { askMatches, renderMatches } from "./questions/calicoq.ts";

const OUTPUTS = { ps: "ps", yaml: "yaml", json: "json" } as const;
const say = (text: string): void => void process.stdout.write(text);

interface QueryFlags {
  readonly hideRuleMatches?: true;
  readonly hideSelectors?: true;
  readonly output: string;
}

export function addQueryCommand(program: Command, shell: Shell): void {
  addQueries(
    program.command("query").description("which policies and rules are about which endpoints, as calicoq tells it"),
    shell,
  );
}

/** The verbs themselves. */
export function addQueries(parent: Command, shell: Shell): void {
  addQuery(parent, shell, "eval", "<selector>", "endpoints that a selector matches", (selector) => ({
    per: "selector",
    selector,
  }));
  addQuery(
    parent,
    shell,
    "policy",
    "<policy>",
    "endpoints that a policy applies to, and those that its rules match; namespace/name, the name of a global one, or KIND/name",
    async (name, command) => {
      return { per: "policy", ref: await policyRef(() => shell.access(command), name) };
    },
  );
  addQuery(
    parent,
    shell,
    "endpoint",
    "<substring>",
    "policies, profiles and rule matches of endpoints whose name has this in it: n1/k8s/shop.cart/eth0",
    (contains) => ({ per: "endpoint", contains }),
  );
  addQuery(parent, shell, "host", "<node>", "the same of every endpoint of a node", (node) => ({ per: "node", node }));
}

type Read = (argument: string, command: Command) => Question | Promise<Question>;

function addQuery(
  parent: Command,
  shell: Shell,
  ...[verb, argument, description, read]: [string, string, string, Read]
): void {
  const command = parent
    .command(verb)
    .description(description)
    .argument(argument)
    .option("-o, --output <format>", "ps, yaml or json", "ps")
    .option("-d, --debug", "show each request on stderr");
  if (verb !== "eval")
    command
      .option("-r, --hide-rule-matches", "leave out which rules match")
      .option("-s, --hide-selectors", "leave out what selects");
  withGlobals(command).action(async (what: string, flags: QueryFlags & { debug?: true }) => {
    if (flags.debug === true) command.setOptionValue("logLevel", "debug");
    const format = parseChoice("--output", flags.output, OUTPUTS);
    const question = await read(what, command);
    const rows = await askMatches(await shell.access(command), question);
    const hidden = { rules: flags.hideRuleMatches === true, selectors: flags.hideSelectors === true };
    if (format === "ps") say(renderMatches(question, rows, hidden));
    else if (format === "json") say(`${JSON.stringify({ endpoints: rows }, undefined, 2)}\n`);
    else {
      const { stringify } = await import("yaml");
      say(stringify({ endpoints: rows }, { lineWidth: 0 }));
    }
  });
}
