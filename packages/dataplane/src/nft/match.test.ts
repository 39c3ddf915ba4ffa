import { formatExpr } from "@percale/kernel";
import type { Family } from "@percale/kernel";
import type { Rule } from "@percale/policy";
import { expect, test } from "vitest";
import { matchRule } from "./match.ts";
import type { SetFacts, Shape } from "./match.ts";

const shapes: Readonly<Record<string, Readonly<Record<Family, Shape>>>> = {
  "s:hosts": { 4: { hosts: true, nets: false }, 6: { hosts: false, nets: false } },
  "s:both": { 4: { hosts: true, nets: true }, 6: { hosts: true, nets: false } },
};
const facts: SetFacts = {
  shape: (id, family) => shapes[id]?.[family] ?? { hosts: id.startsWith("nets:"), nets: id.startsWith("nets:") },
  number: () => 7,
};

const any = { source: {}, destination: {} };
const render = (rule: Partial<Rule>, family: Family = 4) =>
  matchRule({ action: "allow", ...any, ...rule }, family, facts).map((match) => match.map(formatExpr).join(" · "));
const id = "r8=07000000";

test.each<{ name: string; rule: Partial<Rule>; family?: Family; match: string[] }>([
  { name: "no field: everything", rule: {}, match: [""] },
  { name: "another family", rule: { ipVersion: 6 }, match: [] },
  { name: "a protocol", rule: { protocol: 6 }, match: ["r8=meta.l4proto · r8 eq 06"] },
  {
    name: "a set of single addresses",
    rule: { source: { sets: ["s:hosts"] } },
    match: [`${id} · r9=network[12,4] · r8 in @cali-hosts`],
  },
  { name: "a set without members of the family", rule: { source: { sets: ["s:hosts"] } }, family: 6, match: [] },
  {
    name: "a set of both kinds: two alternatives",
    rule: { destination: { sets: ["s:both"] } },
    match: [`${id} · r9=network[16,4] · r8 in @cali-hosts`, `${id} · r9=network[16,4] · r8 in @cali-nets`],
  },
  {
    name: "none of a set of both kinds: both must miss",
    rule: { source: { notSets: ["s:both"] } },
    match: [`${id} · r9=network[12,4] · r8 not in @cali-hosts · ${id} · r9=network[12,4] · r8 not in @cali-nets`],
  },
  { name: "none of a set without members", rule: { source: { notSets: ["s:hosts"] } }, family: 6, match: [""] },
  {
    name: "one prefix",
    rule: { source: { nets: ["10.0.1.0/25"] } },
    match: ["r8=network[12,4] · r8=r8&ffffff80^00000000 · r8 eq 0a000100"],
  },
  { name: "prefixes of the other family only", rule: { source: { nets: ["10.0.1.0/24"] } }, family: 6, match: [] },
  {
    name: "excluded prefixes of the other family only",
    rule: { source: { notNets: ["10.0.1.0/24"] } },
    family: 6,
    match: [],
  },
  { name: "an excluded family", rule: { source: { notNets: ["0.0.0.0/0"] } }, match: [] },
  {
    name: "a port range",
    rule: { protocol: 6, destination: { ports: [{ min: 80, max: 90 }] } },
    match: ["r8=meta.l4proto · r8 eq 06 · r8=transport[2,2] · r8 in 0050..005a"],
  },
  {
    name: "named or numeric ports: two alternatives",
    rule: { protocol: 6, destination: { ports: [{ min: 81, max: 81 }], namedPorts: ["n:web"] } },
    match: [
      "r8=meta.l4proto · r8 eq 06 · r8=transport[2,2] · r8 eq 0051",
      `r8=meta.l4proto · r8 eq 06 · ${id} · r9=network[16,4] · r10=meta.l4proto · r11=transport[2,2] · r8 in @cali-named-ports`,
    ],
  },
  {
    name: "not a type and code: one comparison of both",
    rule: { protocol: 1, notIcmp: { type: 8, code: 0 } },
    match: ["r8=meta.l4proto · r8 eq 01 · r8=transport[0,2] · r8 neq 0800"],
  },
  {
    name: "not an ICMP type, any protocol: what is not ICMP differs too",
    rule: { notIcmp: { type: 8 } },
    match: ["r8=meta.l4proto · r8 neq 01", "r8=meta.l4proto · r8 eq 01 · r8=transport[0,1] · r8 neq 08"],
  },
  { name: "the other family's ICMP", rule: { protocol: 58, icmp: { type: 128 } }, match: [] },
])("$name", ({ rule, family, match }) => {
  expect(render(rule, family)).toEqual(match);
});
