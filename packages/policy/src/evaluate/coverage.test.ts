import { formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inhabited } from "../testdata/universe.ts";
import { NOTHING_COVERED } from "./coverage.ts";
import type { Coverage } from "./coverage.ts";
import { createEvaluator } from "./evaluator.ts";
import type { Evaluator } from "./evaluator.ts";

const counted = (evaluator: Evaluator, before: Coverage = NOTHING_COVERED): Coverage => {
  const counting = evaluator.coverageAfter(before);
  if (counting === undefined) return before;
  for (const endpoint of counting.endpoints()) counting.count(endpoint);
  return counting.done();
};
const numbers = ({ byEndpoint, byPolicy }: Coverage): object => ({
  byEndpoint: new Map(byEndpoint.entries()),
  byPolicy: new Map(byPolicy.entries()),
});

test("counted on from any other state, step by step or at once, it is what is counted afresh", () => {
  const history = fc.array(inhabited, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.boolean()), (states, coins) => {
      let held = new Map<string, KubeObject>();
      let evaluator = createEvaluator([]);
      let coverage = NOTHING_COVERED;
      const before: Coverage[] = [];
      for (const target of [...states, new Map<string, KubeObject>()]) {
        const gone = [...held.values()].map(refOf).filter((ref) => !target.has(formatRef(ref)));
        const changed = [...target].filter(([key, one]) => held.get(key) !== one).map(([, one]) => one);
        for (const change of [...gone, ...changed]) {
          evaluator = evaluator.with([change]);
          if (coins.next().value === true) coverage = counted(evaluator, coverage);
        }
        held = target;
        const afresh = numbers(counted(createEvaluator(held.values())));
        for (const older of [coverage, ...before]) expect(numbers(counted(evaluator, older))).toEqual(afresh);
        before.push(coverage);
      }
      expect(numbers(counted(evaluator, coverage))).toEqual(numbers(NOTHING_COVERED));
    }),
    { numRuns: 200 },
  );
});

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name, ...metadata },
  spec,
});
const pod = (name: string, app: string): KubeObject =>
  object("WorkloadEndpoint", name, { node: "n1", profiles: ["kns.shop"] }, { namespace: "shop", labels: { app } });

test("the same state is not counted twice", () => {
  const evaluator = createEvaluator([pod("a", "web")]);
  const coverage = counted(evaluator);
  expect(evaluator.coverageAfter(coverage)).toBeUndefined();
  expect(evaluator.with([]).coverageAfter(coverage)).toBeDefined();
});

test("endpoints look the same to selectors in the next state too, except those whose object or profile is another", () => {
  const profile = (team: string): KubeObject => object("Profile", "kns.shop", { labelsToApply: { "pcns.team": team } });
  const loner = object("WorkloadEndpoint", "c", { node: "n1", profiles: [] }, { namespace: "shop" });
  const first = createEvaluator([profile("1"), pod("a", "web"), pod("b", "web"), loner]);
  const next = first.with([pod("b", "db"), object("GlobalNetworkPolicy", "p", { selector: "all()" })]);
  const last = next.with([profile("2")]);
  const [one, two, three] = [first, next, last].map((each) => counted(each).labels);
  const same = (x = one, y = one): string[] =>
    [...x!].filter(([key, labels]) => y!.get(key) === labels).map(([key]) => key);
  expect([same(one, two), same(two, three)]).toEqual([["shop/a", "shop/c"], ["shop/c"]]);
});

test("a tier that lost its last policy on an endpoint counts for it no more", () => {
  const first = createEvaluator([
    pod("a", "web"),
    object("GlobalNetworkPolicy", "p", { tier: "t", selector: "all()" }),
  ]);
  const next = first.with([{ kind: "GlobalNetworkPolicy", name: "p" }]);
  const tiers = (coverage: Coverage): unknown => coverage.byEndpoint.get("shop/a")!.tiers;
  const before = counted(first);
  expect([tiers(before), tiers(counted(next, before))]).toEqual([
    new Map([["t", { count: 1, ingress: 1, egress: 1 }]]),
    new Map(),
  ]);
});

const shout = (name: string, action: string, spec: object): KubeObject =>
  object("GlobalNetworkPolicy", name, { tier: "t", types: ["Ingress"], ingress: [{ action }], ...spec });

test.each<[change: string, before: readonly KubeObject[], after: readonly KubeObject[]]>([
  [
    "two policies change places",
    [shout("p", "Deny", { order: 1, selector: "all()" }), shout("q", "Allow", { order: 2, selector: "all()" })],
    [shout("p", "Deny", { order: 3, selector: "all()" })],
  ],
  [
    "two policies change whom they select",
    [shout("p", "Deny", { selector: "app == 'web'" }), shout("q", "Allow", { selector: "app == 'db'" })],
    [shout("p", "Deny", { selector: "app == 'db'" }), shout("q", "Allow", { selector: "app == 'web'" })],
  ],
])("protection is another one after %s", (_, before, after) => {
  const first = createEvaluator([pod("a", "web"), ...before]);
  const next = first.with(after);
  const end = (coverage: Coverage): unknown => coverage.byEndpoint.get("shop/a")!.protection.ingress.is;
  const coverage = counted(first);
  expect([end(coverage), end(counted(next, coverage))]).toEqual(["closed", "open"]);
});
