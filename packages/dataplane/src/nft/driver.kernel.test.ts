import { createNetns, deleteNetns } from "@percale/kernel";
import { DEFAULT_CONFIG } from "@percale/policy";
import type { ActiveEndpoint, NodeUpdate, Rule } from "@percale/policy";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Desired } from "./desired.ts";
import { NftDriver } from "./driver.ts";

const netns = `pn-${process.pid}`;
let driver: NftDriver;

beforeEach(() => {
  createNetns(netns);
  driver = new NftDriver({ desired: new Desired(DEFAULT_CONFIG), netns });
  driver.failClosed();
});

afterEach(() => {
  driver.close();
  deleteNetns(netns);
});

const POLICIES = ["p0", "p1", "p2", "p3"] as const;
const SETS = ["s:0", "s:1", "s:2"] as const;
const member = fc.constantFrom(
  "10.0.0.1/32",
  "10.0.0.0/24",
  "10.0.0.0/8",
  "10.0.0.128/25",
  "fd00::1/128",
  "fd00::/64",
  "0.0.0.0/0",
);
const side = fc.record(
  {
    sets: fc.subarray([...SETS]),
    notSets: fc.subarray([...SETS]),
    nets: fc.subarray(["10.0.0.0/8", "192.0.2.0/24", "fd00::/8"]),
  },
  { requiredKeys: [] },
);
const rule: fc.Arbitrary<Rule> = fc.record({
  action: fc.constantFrom("allow", "deny", "pass", "log"),
  source: side,
  destination: fc.constantFrom(
    {},
    {
      ports: [
        { min: 80, max: 80 },
        { min: 81, max: 99 },
      ],
    },
  ),
  protocol: fc.constantFrom(6, 17),
});
const rules = fc.array(rule, { maxLength: 3 });

/** A whole state: every set and policy is there, so that any reference holds. */
const state = fc.record({
  sets: fc.tuple(...SETS.map(() => fc.uniqueArray(member))),
  policies: fc.tuple(...POLICIES.map(() => fc.record({ ingress: rules, egress: rules }))),
  profile: rules,
  endpoints: fc.uniqueArray(
    fc.record({
      n: fc.nat(2),
      active: fc.boolean(),
      ingress: fc.subarray([...POLICIES]),
      egress: fc.subarray([...POLICIES]),
      pass: fc.boolean(),
    }),
    { selector: (endpoint) => endpoint.n },
  ),
});
type State = typeof state extends fc.Arbitrary<infer T> ? T : never;

const key = (name: string) => `GlobalNetworkPolicy/${name}`;

function updates(next: State, before: State | undefined): NodeUpdate[] {
  const out: NodeUpdate[] = [];
  for (const [i, id] of SETS.entries()) out.push({ t: "set", id, kind: "net", members: next.sets[i]! });
  for (const [i, name] of POLICIES.entries())
    out.push({
      t: "policy",
      policy: { key: key(name), kind: "GlobalNetworkPolicy", name, tier: "t", ...next.policies[i]! },
    });
  out.push({ t: "profile", profile: { name: "open", ingress: next.profile, egress: [] } });
  for (const { n, active, ingress, egress, pass } of next.endpoints) {
    const tier = {
      name: "t",
      defaultAction: pass ? "Pass" : "Deny",
      ingress: ingress.map(key),
      egress: egress.map(key),
    } as const;
    const endpoint: ActiveEndpoint = {
      key: `red/w${n}`,
      interfaceName: `cali${n}`,
      active,
      addresses: [],
      allowSpoofedSourcePrefixes: [],
      tiers: [tier],
      profiles: ["open"],
    };
    out.push({ t: "endpoint", endpoint });
  }
  for (const { n } of before?.endpoints ?? [])
    if (!next.endpoints.some((endpoint) => endpoint.n === n)) out.push({ t: "endpointRemoved", key: `red/w${n}` });
  return out;
}

test("from any state to any other, what the kernel reads back is what was wanted", () => {
  let before: State | undefined;
  fc.assert(
    fc.property(state, (next) => {
      for (const update of updates(next, before)) driver.update(update);
      expect(driver.commit().refused).toEqual([]);
      before = next;
      expect(driver.resync().drift).toEqual({ total: 0, text: "" });
    }),
    { numRuns: 60, endOnFailure: true },
  );
});

test("an unchanged state sends nothing", () => {
  const same = fc.sample(state, { numRuns: 1, seed: 7 })[0]!;
  for (const update of updates(same, undefined)) driver.update(update);
  driver.commit();
  for (const update of updates(same, same)) driver.update(update);
  expect(driver.commit().messages).toBe(0);
});

test("a rule that the kernel refuses makes its policy deny, and only that", () => {
  const any = { source: {}, destination: {} };
  const named = Array.from({ length: 50 }, (_, i) => `n:${i}`); // 250 expressions: more than a rule can hold
  const refused: Rule = { action: "allow", protocol: 6, source: {}, destination: { notNamedPorts: named } };
  const put = (name: string, ingress: readonly Rule[]) =>
    driver.update({
      t: "policy",
      policy: { key: key(name), kind: "GlobalNetworkPolicy", name, tier: "t", ingress, egress: [] },
    });
  put("bad", [{ action: "deny", protocol: 17, ...any }, refused, { action: "pass", ...any }]);
  put("good", [{ action: "allow", ...any }]);
  const report = driver.commit();
  expect(report.refused.map(({ policy }) => policy)).toEqual([key("bad")]);
  expect(driver.resync().drift.total).toBe(0);
  put("bad", [{ action: "allow", ...any }]);
  expect(driver.commit().refused).toEqual([]);
  expect(driver.refused.size).toBe(0);
});
