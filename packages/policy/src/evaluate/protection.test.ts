import { DEFAULT_ALLOW_PROFILE, policySpecOf, Profile } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADDRESSES, inhabited, object } from "../testdata/universe.ts";
import { NOTHING_COVERED } from "./coverage.ts";
import type { Covered } from "./coverage.ts";
import { Compiler } from "./compiler.ts";
import { createEvaluator } from "./evaluator.ts";
import type { Evaluator } from "./evaluator.ts";
import { allows } from "./protection.ts";
import type { End, Protection } from "./protection.ts";
import type { Direction, Half, HalfDecision, PolicyStep } from "./query.ts";

const DIRECTIONS = ["ingress", "egress"] as const;

function coveredBy(evaluator: Evaluator): ReadonlyMap<string, Covered> {
  const counting = evaluator.coverageAfter(NOTHING_COVERED)!;
  for (const endpoint of counting.endpoints()) counting.count(endpoint);
  return new Map(counting.done().byEndpoint.entries());
}

const packet = fc.record({
  protocol: fc.constantFrom(6, 17, 1, 58, 253),
  port: fc.constantFrom(80, 53, 85, 443),
  ipVersion: fc.constantFrom(4 as const, 6 as const),
  peer: fc.constantFrom(...ADDRESSES, "192.0.2.9", "2001:db8::9"),
});
type SomePacket = typeof packet extends fc.Arbitrary<infer P> ? P : never;

/** What the evaluator says for one side of each packet that meets its policy. */
function* halves(
  evaluator: Evaluator,
  key: string,
  direction: Direction,
  packets: readonly SomePacket[],
): Generator<Half> {
  const [namespace = "", name = ""] = key.split("/");
  const self = { endpoint: { namespace, name } };
  for (const { peer, ...common } of packets) {
    const ends = direction === "egress" ? { from: self, to: { ip: peer } } : { from: { ip: peer }, to: self };
    const half = evaluator.explain({ ...ends, ...common })[direction];
    if (half?.endpoint === key) yield half;
  }
}

const compiler = new Compiler();
function hasCondition(evaluator: Evaluator, ref: ObjectRef, direction: Direction, rule: number): boolean {
  const object = evaluator.objects.get(ref);
  const rules = object === undefined ? "invalid" : compiler.rulesOf(policySpecOf(object), ref.namespace);
  return rules !== "invalid" && rules[direction][rule]!.checks.length > 0;
}

/** A rule with a condition matched: whoever wrote it meant packets such as this one. */
function isSpokenOf(evaluator: Evaluator, { direction, tiers, profiles }: Half): boolean {
  const isSpoken = ({ ref, ruleIndex }: PolicyStep): boolean =>
    ruleIndex !== undefined && hasCondition(evaluator, ref, direction, ruleIndex);
  return [...tiers.flatMap(({ policies }) => policies), ...profiles].some(isSpoken);
}

function endOf(decision: HalfDecision): End {
  switch (decision.by) {
    case "rule": {
      const { kind, namespace, name, tier, ruleIndex, action } = decision;
      const ref: ObjectRef = { kind, name, ...(namespace !== undefined && { namespace }) };
      return {
        by: "rule",
        ref,
        ...(tier !== undefined && { tier }),
        rule: ruleIndex,
        action: action as "Allow" | "Deny",
      };
    }
    case "tier":
      return { by: "tier", tier: decision.tier };
    case "no profile matched":
      return { by: "no profile" };
  }
}

/** Of what nobody speaks of, and of all that is passed on. */
function waysOf(protection: Protection): readonly Protection[] {
  return protection.passed === undefined ? [protection] : [protection, ...waysOf(protection.passed.to)];
}

const isWithoutException = ({ is, denied, passed }: Protection): boolean =>
  is === "open" && denied === undefined && (passed === undefined || isWithoutException(passed.to));

describe("what an endpoint's protection says, the evaluator does", () => {
  const law = (holds: (protection: Protection, half: Half, evaluator: Evaluator) => void): void => {
    fc.assert(
      fc.property(inhabited, fc.array(packet, { minLength: 12, maxLength: 12 }), (objects, packets) => {
        const evaluator = createEvaluator(objects.values());
        for (const [key, { protection }] of coveredBy(evaluator))
          for (const direction of DIRECTIONS)
            for (const half of halves(evaluator, key, direction, packets))
              holds(protection[direction], half, evaluator);
      }),
      { numRuns: 300 },
    );
  };

  test("a packet that no condition matches is decided by what protection names", () => {
    law((protection, half, evaluator) => {
      if (!isSpokenOf(evaluator, half)) expect(endOf(half.decision)).toEqual(protection.end);
    });
  });

  test("closed: no profile and no rule without a condition lets anything in", () => {
    law((protection, half, evaluator) => {
      if (protection.is !== "closed" || half.verdict === "deny") return;
      expect(half.decision.by === "rule" && half.decision.kind !== Profile.kind && isSpokenOf(evaluator, half)).toBe(
        true,
      );
    });
  });

  test("open without an exception: everything is let in", () => {
    law((protection, half) => {
      if (isWithoutException(protection)) expect(half.verdict).toBe("allow");
    });
  });

  test("what decides without a condition is one of the ends, and where a profile decides on one it says so", () => {
    law((protection, half, evaluator) => {
      const end = endOf(half.decision);
      const ways = waysOf(protection);
      if (end.by !== "rule" || !hasCondition(evaluator, end.ref, half.direction, end.rule))
        expect(ways.map((way) => way.end)).toContainEqual(end);
      else if (end.ref.kind === Profile.kind)
        expect(ways.some(({ allowed, denied }) => (end.action === "Allow" ? allowed : denied) !== undefined)).toBe(
          true,
        );
    });
  });
});

test("where a packet comes, and where it ends unmatched, is where it was said that it can", () => {
  fc.assert(
    fc.property(inhabited, fc.array(packet, { minLength: 12, maxLength: 12 }), (objects, packets) => {
      const evaluator = createEvaluator(objects.values());
      for (const [key, covered] of coveredBy(evaluator)) {
        const [namespace = "", name = ""] = key.split("/");
        const { tiers, protection } = evaluator.effectivePolicies({ namespace, name });
        expect(protection).toEqual(covered.protection);
        for (const direction of DIRECTIONS)
          for (const half of halves(evaluator, key, direction, packets))
            for (const step of half.tiers) {
              const reach = tiers.find(({ name: tier }) => tier === step.tier)?.reach[direction];
              expect(reach).toMatchObject({ isReached: true, ...(step.byDefault && { isEndReached: true }) });
            }
      }
    }),
    { numRuns: 200 },
  );
});

const pod = (profiles: readonly string[]): KubeObject =>
  object("WorkloadEndpoint", "pod", { node: "n1", profiles, ipNetworks: ["10.0.0.1/32"] }, { namespace: "shop" });
const tier = (name: string, order: number, defaultAction = "Deny"): KubeObject =>
  object("Tier", name, { order, defaultAction });
const policy = (name: string, tierName: string, ingress: readonly object[], order = 1): KubeObject =>
  object("GlobalNetworkPolicy", name, { tier: tierName, order, selector: "all()", types: ["Ingress"], ingress });
const kns = (ingress: readonly object[]): KubeObject => object("Profile", "kns.shop", { ingress });
const from = (net: string) => ({ source: { nets: [net] } });

const ref = (name: string, kind = "GlobalNetworkPolicy"): ObjectRef => ({ kind, name });
const byProfile: End = { by: "rule", ref: ref("kns.shop", "Profile"), rule: 0, action: "Allow" };
const openByProfile: Protection = { is: "open", end: byProfile };
const pass = { action: "Pass" };
const allowing = kns([{ action: "Allow" }]);

const CASES: readonly {
  name: string;
  objects: readonly KubeObject[];
  profiles?: readonly string[];
  told: Protection;
}[] = [
  { name: "no policy, a profile that allows", objects: [allowing], told: openByProfile },
  { name: "no policy and no profile", objects: [], profiles: [], told: { is: "closed", end: { by: "no profile" } } },
  {
    name: "the profile that is always there",
    objects: [],
    profiles: [DEFAULT_ALLOW_PROFILE],
    told: { is: "open", end: { ...byProfile, ref: ref(DEFAULT_ALLOW_PROFILE, "Profile") } },
  },
  {
    name: "a profile that nobody made",
    objects: [],
    profiles: ["ghost"],
    told: { is: "closed", end: { by: "rule", ref: ref("ghost", "Profile"), rule: 0, action: "Deny" } },
  },
  {
    name: "a policy that passes everything",
    objects: [allowing, tier("t", 1), policy("p", "t", [pass])],
    told: openByProfile,
  },
  {
    name: "a tier that passes",
    objects: [allowing, tier("t", 1, "Pass"), policy("p", "t", [{ action: "Allow", ...from("10.0.0.0/8") }])],
    told: openByProfile,
  },
  {
    name: "the end of a tier",
    objects: [allowing, tier("t", 1), policy("p", "t", [{ action: "Allow", ...from("10.0.0.0/8") }])],
    told: { is: "closed", end: { by: "tier", tier: "t" } },
  },
  {
    name: "a rule that passes some to profiles",
    objects: [allowing, tier("t", 1), policy("p", "t", [{ action: "Log" }, { action: "Pass", ...from("10.0.0.0/8") }])],
    told: {
      is: "partly",
      end: { by: "tier", tier: "t" },
      passed: { ref: ref("p"), rule: 1, count: 1, to: openByProfile },
    },
  },
  {
    name: "a rule that passes some to a tier that denies them",
    objects: [
      allowing,
      tier("t", 1),
      tier("u", 2),
      policy("p", "t", [{ action: "Pass", ...from("10.0.0.0/8") }]),
      policy("q", "u", []),
    ],
    told: {
      is: "closed",
      end: { by: "tier", tier: "t" },
      passed: { ref: ref("p"), rule: 0, count: 1, to: { is: "closed", end: { by: "tier", tier: "u" } } },
    },
  },
  {
    name: "a rule that denies some, and one that passes some to profiles",
    objects: [
      allowing,
      tier("t", 1),
      policy("p", "t", [
        { action: "Deny", ...from("10.1.0.0/16") },
        { action: "Pass", ...from("10.0.0.0/8") },
      ]),
    ],
    told: {
      is: "partly",
      end: { by: "tier", tier: "t" },
      denied: { ref: ref("p"), rule: 0, count: 1 },
      passed: {
        ref: ref("p"),
        rule: 1,
        count: 1,
        to: { ...openByProfile, denied: { ref: ref("p"), rule: 0, count: 1 } },
      },
    },
  },
  {
    name: "rules that deny some, then one that allows all",
    objects: [
      tier("t", 1),
      policy("p", "t", [{ action: "Deny", ...from("10.0.0.0/8") }]),
      policy("q", "t", [{ action: "Deny", ...from("11.0.0.0/8") }, { action: "Allow" }], 2),
    ],
    told: {
      is: "open",
      end: { by: "rule", ref: ref("q"), tier: "t", rule: 1, action: "Allow" },
      denied: { ref: ref("p"), rule: 0, count: 2 },
    },
  },
  {
    name: "a profile that allows some",
    objects: [kns([{ action: "Allow", ...from("10.0.0.0/8") }])],
    told: {
      is: "partly",
      end: { by: "no profile" },
      allowed: { ref: ref("kns.shop", "Profile"), rule: 0, count: 1 },
    },
  },
];

test.each(CASES)("$name", ({ objects, profiles = ["kns.shop"], told }) => {
  const evaluator = createEvaluator([...objects, pod(profiles)]);
  const { protection } = coveredBy(evaluator).get("shop/pod")!;
  expect(protection.ingress).toEqual(told);
  expect(allows(told.end)).toBe(told.is === "open");
});

test("after a rule that passes or denies everything nothing comes to the end of the tier, after one that denies nothing comes further", () => {
  const evaluator = createEvaluator([
    pod(["kns.shop"]),
    ...["a", "b", "c", "d"].map((name, order) => tier(name, order)),
    policy("p", "a", [pass]),
    policy("q", "b", [{ action: "Deny" }]),
    policy("r", "c", [pass]),
    policy("s", "d", [pass]),
  ]);
  const { tiers } = evaluator.effectivePolicies({ namespace: "shop", name: "pod" });
  expect(tiers.map(({ reach }) => reach)).toEqual([
    { ingress: { isReached: true, isEndReached: false } },
    { ingress: { isReached: true, isEndReached: false } },
    { ingress: { isReached: false, isEndReached: false } },
    { ingress: { isReached: false, isEndReached: false } },
  ]);
});
