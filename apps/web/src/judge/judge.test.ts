import { createEvaluator, peerSelectors } from "@percale/policy";
import { dense, NAMESPACES, SELECTORS, universe } from "@percale/policy/testdata/universe.ts";
import { formatRef, type KubeObject, refOf } from "@percale/resources/catalog";
import { matches, parseSelector } from "@percale/selector";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Judge } from "./judge.ts";
import { type Answer, type Feed, JUDGED_KINDS, type Question } from "./messages.ts";

const feedsOf = (objects: Iterable<KubeObject>): Feed[] => {
  const byKind = Map.groupBy(objects, ({ kind }) => kind);
  return JUDGED_KINDS.map((kind) => ({ kind, changes: byKind.get(kind) ?? [] }));
};
const answersOf = (judge: Judge, questions: readonly Question[], feeds: readonly Feed[] = []): Answer[] =>
  judge.hear({ feeds, questions: questions.map((question, i) => [i, question]) }).map(([, answer]) => answer);
/** In no order: what came in pieces stands anywhere. */
const plain = (answers: readonly Answer[]): unknown[] =>
  answers.map((answer) => (answer.said === "matches" ? { ...answer, names: answer.names.length } : answer));

const QUESTIONS: readonly Question[] = [...SELECTORS, "", "a ==", "a == 'never'"].flatMap((selector) =>
  [undefined, ...NAMESPACES].flatMap((namespace) =>
    (["policy", "peer"] as const).flatMap((of) =>
      [undefined, "team == '1'", "all()"].map((namespaceSelector) => ({
        selector,
        scope: { of, namespace, namespaceSelector },
      })),
    ),
  ),
);

test("fed piece by piece it answers as one that was told everything at once", () => {
  fc.assert(
    fc.property(fc.array(universe, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()), (states, numbers) => {
      const draw = (): number => numbers.next().value as number;
      const judge = new Judge();
      let held = new Map<string, KubeObject>();
      for (const target of states) {
        const changes = [
          ...[...held.values()].filter((one) => !target.has(formatRef(refOf(one)))).map(refOf),
          ...[...target.values()].filter((one) => held.get(formatRef(refOf(one))) !== one),
        ]
          .map((change) => ({ change, at: draw() }))
          .sort((a, b) => a.at - b.at);
        for (const { change } of changes)
          if (JUDGED_KINDS.includes(change.kind))
            judge.hear({ feeds: [{ kind: change.kind, changes: [change] }], questions: [] });
        held = target;
      }
      const known = JUDGED_KINDS.map((kind) => ({ kind, changes: [] }));
      expect(plain(answersOf(judge, QUESTIONS, known))).toEqual(
        plain(answersOf(new Judge(), QUESTIONS, feedsOf(held.values()))),
      );
    }),
    { numRuns: 60 },
  );
});

test("a drafted policy applies where the engine would have it in force once it is stored", () => {
  const questions = QUESTIONS.filter(({ selector, scope }) => selector !== "a ==" && scope.of === "policy");
  fc.assert(
    fc.property(dense, fc.constantFrom(...questions), (objects, question) => {
      const { namespace, namespaceSelector } = question.scope;
      const draft: KubeObject = {
        apiVersion: "projectcalico.org/v3",
        kind: namespace === undefined ? "GlobalNetworkPolicy" : "NetworkPolicy",
        metadata: { name: "the-draft", ...(namespace !== undefined && { namespace }) },
        spec: { selector: question.selector, ...(namespaceSelector !== undefined && { namespaceSelector }) },
      };
      const evaluator = createEvaluator([...objects.values(), draft]);
      const inForceOn = ({ namespace = "", name }: ReturnType<typeof refOf>): boolean =>
        evaluator
          .effectivePolicies({ namespace, name })
          .tiers.some(({ ingress }) => ingress.some((ref) => ref.name === "the-draft"));
      const engine = [...evaluator.selection.selectables]
        .map(({ object }) => refOf(object))
        .filter((ref) => ref.kind === "WorkloadEndpoint" && inForceOn(ref));
      const [answer] = answersOf(new Judge(), [question], feedsOf(objects.values()));
      expect(answer).toMatchObject({ said: "matches", count: engine.length });
    }),
    { numRuns: 200 },
  );
});

test("the other side of a drafted rule matches whom the engine's selector matches", () => {
  const questions = QUESTIONS.filter(({ selector, scope }) => selector !== "a ==" && scope.of === "peer");
  fc.assert(
    fc.property(dense, fc.constantFrom(...questions), (objects, { selector, scope }) => {
      const { namespace, namespaceSelector = "" } = scope;
      const wanted = peerSelectors({ selector, namespaceSelector }, namespace).positive ?? parseSelector("all()");
      const engine = createEvaluator(objects.values()).selection.selectables.filter(
        ({ object, labels }) => object.kind === "WorkloadEndpoint" && matches(wanted, labels),
      );
      const [answer] = answersOf(new Judge(), [{ selector, scope }], feedsOf(objects.values()));
      expect(answer).toMatchObject({ said: "matches", count: engine.length });
    }),
    { numRuns: 200 },
  );
});

const endpoint = (namespace: string, pod: string): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "WorkloadEndpoint",
  metadata: { name: `n1-k8s-${pod}-eth0`, namespace, labels: { app: pod } },
  spec: { pod, node: "n1", ipNetworks: [], profiles: [] },
});

test("it names the first of those that match, and says what is wrong with a text that is no selector", () => {
  const pods = ["a", "b", "c", "d", "e"];
  const feeds = feedsOf([...pods.map((pod) => endpoint("shop", pod)), endpoint("bank", "a")]);
  const scope = { of: "peer" } as const;
  const answers = answersOf(
    new Judge(),
    ["app == 'a'", "has(app)", "app == 'z'", "app =="].map((selector) => ({ selector, scope })),
    feeds,
  );
  expect(answers).toEqual([
    { said: "matches", count: 2, namespaces: 2, names: ["shop/a", "bank/a"] },
    { said: "matches", count: 6, namespaces: 2, names: ["shop/a", "shop/b", "shop/c", "shop/d"] },
    { said: "matches", count: 0, namespaces: 0, names: [] },
    { said: "wrong", message: expect.stringContaining("string in quotes expected") },
  ]);
});

test("it counts nothing before it knows every kind, but says at once what is wrong", () => {
  const judge = new Judge();
  const ask = (...feeds: Feed[]): Answer["said"][] =>
    answersOf(
      judge,
      ["has(app)", "app =="].map((selector) => ({ selector, scope: { of: "policy" } })),
      feeds,
    ).map(({ said }) => said);
  expect(ask()).toEqual(["waiting", "wrong"]);
  expect(ask({ kind: "WorkloadEndpoint", changes: [endpoint("shop", "a")] })).toEqual(["waiting", "wrong"]);
  expect(ask({ kind: "Profile", changes: [] })).toEqual(["matches", "wrong"]);
});
