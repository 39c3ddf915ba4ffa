import { turns } from "@percale/daemon";
import { formatExpr, RulePacker } from "@percale/kernel";
import type { Family, NftRule, PackedRules } from "@percale/kernel";
import { DEFAULT_CONFIG, emptyState, take } from "@percale/policy";
import type { ActiveEndpoint, ActivePolicy, DataplaneConfig, Rule } from "@percale/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { difference, lawState, linksOf, NOTHING, PARTS, partly } from "../policy/contract/states.ts";
import type { LawState } from "../policy/contract/states.ts";
import { FAMILIES } from "./layout.ts";
import type { ElementChange } from "./members.ts";
import { Planner } from "./plan.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";
import { NftView } from "./view.ts";

/** Packs, and remembers what it packed. */
class LegiblePacker extends RulePacker {
  readonly #rules = new Map<PackedRules, readonly NftRule[]>();

  override pack(rules: readonly NftRule[]): PackedRules {
    const packed = super.pack(rules);
    this.#rules.set(packed, rules);
    return packed;
  }

  read(packed: PackedRules): readonly NftRule[] {
    return this.#rules.get(packed)!;
  }
}

/** What a kernel would hold that did all that was planned, as text. */
class Held {
  readonly #state = emptyState();
  readonly #view = new NftView(this.#state);
  readonly #packer = new LegiblePacker();
  readonly planner = new Planner(this.#view, this.#packer);
  readonly chains = new Map<string, string>();
  readonly elements = new Set<string>();
  readonly dispatch = new Map<Family, unknown>();
  #at: LawState = NOTHING;

  async go(next: LawState): Promise<this> {
    for (const update of difference(this.#at, next)) {
      const change = take(this.#state, update);
      if (change !== undefined) this.#view.note(change);
    }
    this.#at = next;
    this.#view.follow(linksOf(next));
    this.#do(await this.planner.planChanges(turns()));
    for (const change of this.#view.sets.takeChanges()) this.#put(change);
    return this;
  }

  /** All of it, as it is compared with what is there. */
  async again(): Promise<this> {
    this.chains.clear();
    this.elements.clear();
    this.#do(await this.planner.planAll(turns()));
    for (const change of this.#view.sets.takeAll()) this.#put(change);
    return this;
  }

  #do(plans: readonly FamilyPlan[]): void {
    for (const { family, chains, dispatch, workloads } of plans) {
      for (const [name, chain] of chains) {
        if (chain === undefined) this.chains.delete(`${family} ${name}`);
        else this.chains.set(`${family} ${name}`, textOf(chain, this.#packer.read(chain.rules)));
      }
      this.dispatch.set(family, { dispatch, workloads });
    }
  }

  #put({ number, kind, family, ...change }: ElementChange): void {
    const of = (member: string) => `${family} ${kind} ${number} ${member}`;
    const interval = ({ first, last }: { first: bigint; last: bigint }) => `${first}-${last}`;
    for (const member of [...change.removedSingles, ...change.removedIntervals.map(interval)])
      expect(this.elements.delete(of(member))).toBe(true);
    for (const member of [...change.addedSingles, ...change.addedIntervals.map(interval)]) {
      expect(this.elements).not.toContain(of(member));
      this.elements.add(of(member));
    }
  }
}

function textOf({ hook, comment = "", owner }: PlannedChain, rules: readonly NftRule[]): string {
  const head = [
    hook && `${hook.type} ${hook.hook} ${hook.priority}`,
    comment && `# ${comment}`,
    owner && `(${owner.kind} ${owner.name})`,
  ];
  const lines = rules.map(
    (rule) => `  ${rule.exprs.map(formatExpr).join(" · ")}${rule.comment && `  # ${rule.comment}`}`,
  );
  return [head.filter(Boolean).join(" "), ...lines].join("\n");
}

const inOrder = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
const all = ({ chains, elements, dispatch }: Held) => ({
  chains: Object.fromEntries(inOrder(chains)),
  elements: [...elements].sort(),
  dispatch,
});

const step = fc.record({ next: lawState, kept: fc.subarray([...PARTS]) });

test("whatever was planned before, what results is what a fresh plan gives", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
      const lived = new Held();
      let state = NOTHING;
      for (const { next, kept } of steps) {
        state = partly(state, next, kept);
        await lived.go(state);
        expect(all(lived)).toEqual(all(await new Held().go(state)));
      }
      expect(all(await lived.again())).toEqual(all(await new Held().go(state)));
    }),
    { numRuns: 10 },
  );
}, 60_000);

const any = { source: {}, destination: {} };
const rules: readonly Rule[] = [
  {
    action: "allow",
    ...any,
    protocol: 6,
    destination: {
      ports: [
        { min: 80, max: 80 },
        { min: 8080, max: 8090 },
      ],
    },
  },
  { action: "deny", ...any, source: { sets: ["s:0"], notSets: ["s:1"] }, annotations: { why: 'a "b"' } },
  { action: "pass", ...any, ipVersion: 4, source: { nets: ["10.0.0.0/8", "fd00::/8"], notNets: ["10.1.0.0/16"] } },
  { action: "log", ...any, notProtocol: 17 },
  {
    action: "allow",
    ...any,
    protocol: 17,
    source: { notPorts: [{ min: 53, max: 53 }] },
    destination: { namedPorts: ["n:0"] },
  },
  {
    action: "deny",
    ...any,
    protocol: 6,
    destination: {
      notNamedPorts: ["n:0"],
      notPorts: [
        { min: 1, max: 9 },
        { min: 20, max: 20 },
      ],
    },
  },
  { action: "allow", ...any, protocol: 1, icmp: { type: 8, code: 0 } },
  { action: "allow", ...any, protocol: 58, notIcmp: { type: 128 } },
  { action: "allow", source: { sets: ["s:1", "s:2"] }, destination: { sets: ["s:0"], nets: ["0.0.0.0/0"] } },
];
const policy = (name: string, lists: Pick<ActivePolicy, "ingress" | "egress">): readonly [string, ActivePolicy] => {
  const key = `GlobalNetworkPolicy/${name}`;
  return [key, { key, kind: "GlobalNetworkPolicy", name, tier: "t0", ...lists }];
};
const endpoint = (key: string, name: string, more: Partial<ActiveEndpoint> = {}): readonly [string, ActiveEndpoint] => [
  key,
  {
    key,
    ref: { kind: "WorkloadEndpoint", namespace: "red", name: key },
    match: { by: "name", name },
    active: true,
    profiles: [],
    stages: { normal: [] },
    workload: { addresses: [], allowSpoofedSourcePrefixes: [] },
    ...more,
  },
];
const [web, passing, none] = ["web", "passing", "none"].map((name) => `GlobalNetworkPolicy/${name}`) as [
  string,
  string,
  string,
];

/** Everything that a plan is made of. */
function node(config: Partial<DataplaneConfig>): LawState {
  return {
    config: { ...DEFAULT_CONFIG, ...config },
    sets: new Map([
      ["s:0", ["10.0.0.1/32", "10.0.0.2/32", "fd00::1/128"]],
      ["s:1", ["10.0.0.0/24", "10.2.0.0/16", "10.0.0.1/32", "fd00::/64"]],
      ["s:2", ["10.0.0.1/32"]],
      ["n:0", ["10.0.0.1/32,6,80", "fd00::1/128,6,80"]],
    ]),
    policies: new Map([
      policy("web", { ingress: rules, egress: rules.slice(0, 2) }),
      policy("passing", { ingress: [{ action: "pass", ...any }], egress: [] }),
      policy("none", { ingress: [], egress: [] }),
    ]),
    profiles: new Map([
      [
        "open",
        {
          name: "open",
          ingress: [{ action: "allow", ...any }],
          egress: [
            { action: "pass", ...any },
            { action: "log", ...any },
          ],
        },
      ],
      ["empty", { name: "empty", ingress: [], egress: [] }],
    ]),
    endpoints: new Map([
      endpoint("w0", "cali0", {
        profiles: ["open", "empty", "missing"],
        stages: {
          normal: [
            { name: "first", defaultAction: "Pass", ingress: [web, none], egress: [web] },
            { name: "second", defaultAction: "Deny", ingress: [passing, web], egress: [] },
            {
              name: "third",
              defaultAction: "Pass",
              ingress: [passing, "GlobalNetworkPolicy/missing"],
              egress: [passing],
            },
          ],
        },
        workload: { addresses: [], allowSpoofedSourcePrefixes: ["10.9.0.0/16", "10.9.0.1/32"] },
      }),
      endpoint("w1", "cali1", {
        stages: { normal: [{ name: "first", defaultAction: "Deny", ingress: [web], egress: [web] }] },
      }),
      endpoint("w2", "cali2", { active: false }),
    ]),
    pools: new Map([
      ["10.0.0.0/16", { cidr: "10.0.0.0/16", natOutgoing: true, loadBalancerOnly: false }],
      ["10.7.0.0/16", { cidr: "10.7.0.0/16", natOutgoing: false, loadBalancerOnly: true }],
      ["fd00::/48", { cidr: "fd00::/48", natOutgoing: true, loadBalancerOnly: false }],
    ]),
    hosts: ["192.0.2.1", "2001:db8::1"],
    links: new Map([
      ["cali0", [11, 12]],
      ["cali1", [13]],
      ["cali9", [15]],
    ]),
  };
}

test.each<[what: string, config: Partial<DataplaneConfig>]>([
  ["as it comes", {}],
  [
    "of both families, with addresses and ports of its own",
    {
      ipv6Support: true,
      filterDenyAction: "Reject",
      defaultEndpointToHostAction: "Accept",
      workloadSourceSpoofing: "Any",
      markMask: 0xff000000,
      interfacePrefixes: ["cali", "tap"],
      natPortRange: { min: 32768, max: 60999 },
      natOutgoingAddress: "192.0.2.9",
      natOutgoingExclusions: "IPPoolsAndHostIPs",
      disableConntrackInvalidCheck: true,
      allowVXLANPacketsFromWorkloads: true,
      allowIPIPPacketsFromWorkloads: true,
      logPrefix: "%t %k %n %p %x",
    },
  ],
  [
    "that rejects what goes to it",
    { ipv6Support: true, defaultEndpointToHostAction: "Reject", filterDenyAction: "Reject" },
  ],
  [
    "that leaves what goes to it to others",
    { defaultEndpointToHostAction: "Return", natOutgoingAddress: "2001:db8::9", ipv6Support: true },
  ],
])("a node %s has these chains, elements and links", async (what, config) => {
  const held = await new Held().go(node(config));
  const text = [
    ...inOrder(held.chains).map(([name, chain]) => `${name} ${chain}`),
    ...[...held.elements].sort(),
    ...FAMILIES.map(
      (family) =>
        `${family} dispatch ${JSON.stringify(held.dispatch.get(family), (_, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value))}`,
    ),
  ].join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot(`testdata/plan-${what.replaceAll(/\W+/g, "-")}.txt`);
});

test("whom the kernel refused denies from his first rule on that lets a packet through", async () => {
  const held = new Held();
  const state = node({});
  await held.go(state);
  for (const [kind, name] of [
    ["GlobalNetworkPolicy", "web"],
    ["Profile", "open"],
  ] as const)
    held.planner.refused.set(`${kind}/${name}`, { ref: { kind, name }, kind: "refused", detail: "no" });
  await held.again();
  const mine = inOrder(held.chains).filter(([name]) => /cali-p(i|o|ri|ro)-.*(web|open)/.test(name));
  expect(
    mine.map(([name, text]) => [
      name,
      text
        .split("\n")
        .slice(1)
        .map((line) => line.split("# ")[1]),
    ]),
  ).toEqual([
    ["4 filter-cali-pi-GlobalNetworkPolicy/web", ["refused by the kernel"]],
    ["4 filter-cali-po-GlobalNetworkPolicy/web", ["refused by the kernel"]],
    ["4 filter-cali-pri-open", ["refused by the kernel"]],
    ["4 filter-cali-pro-open", ["refused by the kernel"]],
    ["6 filter-cali-pi-GlobalNetworkPolicy/web", ["refused by the kernel"]],
    ["6 filter-cali-po-GlobalNetworkPolicy/web", ["refused by the kernel"]],
    ["6 filter-cali-pri-open", ["refused by the kernel"]],
    ["6 filter-cali-pro-open", ["refused by the kernel"]],
  ]);
});
