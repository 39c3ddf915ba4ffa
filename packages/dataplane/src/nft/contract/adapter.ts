import type { Rule } from "@percale/policy";
import { listRuleset, nft, readRuleset } from "@percale/testkit";
import type { DriverAdapter } from "../../policy/contract/adapter.ts";
import { NftDriver } from "../driver.ts";

/** Two hundred and fifty expressions: more than a rule can hold. */
const NAMED = Array.from({ length: 50 }, (_, i) => `n:${i}`);
const REFUSED: Rule = { action: "allow", protocol: 6, source: {}, destination: { notNamedPorts: NAMED } };

export const nftAdapter: DriverAdapter = {
  open: (options) => new NftDriver({ ...options, own: false }), // nobody could meddle with tables that are owned
  read: readRuleset,
  wipe: (netns) => void nft(netns, "flush", "ruleset"),
  deeds: (netns) => commands(netns).map((command) => () => void nft(netns, command)),
  refusedRule: REFUSED,
};

function commands(netns: string): readonly string[] {
  const deeds = ["flush ruleset"];
  for (const [kind, { family, table, name, chain, handle, comment, hook, elem }] of listRuleset(netns)) {
    const path = `${family} calico ${name}`;
    if (kind === "table") deeds.push(`add table ${family} ${name} { flags dormant; }`);
    if (kind === "table") deeds.push(`add set ${family} ${name} stranger { type mark; }`);
    if (kind === "table") deeds.push(`add element ${family} ${name} cali-workloads { 99 }`);
    if (kind === "table") deeds.push(`delete table ${family} ${name}`, `flush table ${family} ${name}`);
    if (kind === "chain") deeds.push(`flush chain ${path}`, `insert rule ${path} counter accept`);
    if (kind === "chain" && hook !== undefined) deeds.push(`chain ${path} { policy drop; }`);
    if (kind === "chain") deeds.push(`add chain ${family} calico stranger`);
    if (kind === "rule") {
      const marked = comment === undefined ? "" : ` comment "${comment}"`;
      deeds.push(`replace rule ${family} ${table} ${chain} handle ${handle} counter accept${marked}`);
    }
    if (kind === "rule") deeds.push(`delete rule ${family} ${table} ${chain} handle ${handle}`);
    if ((kind === "set" || kind === "map") && elem !== undefined) deeds.push(`flush ${kind} ${path}`);
  }
  return deeds;
}
