import { createEvaluator, peerSelectors } from "@percale/policy";
import { dense, NAMESPACES, SELECTORS } from "@percale/policy/testdata/universe.ts";
import { API_VERSION, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { matches, parseSelector } from "@percale/selector";
import fc from "fast-check";
import { expect, test } from "vitest";
import { selectorInput } from "../trpc/inputs.ts";
import { answerTo } from "./questions.ts";
import { Rows } from "./rows.ts";
import { select } from "./select.ts";
import { World } from "./world.ts";

const ask = (objects: Iterable<KubeObject>, question: object) =>
  select(createEvaluator(objects), selectorInput.parse(question));

const object = (kind: string, metadata: KubeObject["metadata"], spec: object): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata,
  spec,
});
const endpoint = (namespace: string, pod: string, profiles: readonly string[] = []): KubeObject =>
  object(
    "WorkloadEndpoint",
    { name: `n1-k8s-${pod}-eth0`, namespace, labels: { app: pod } },
    {
      pod,
      node: "n1",
      ipNetworks: [],
      profiles,
      ...(profiles.includes("ksa.shop.default") && { serviceAccountName: "default" }),
    },
  );
const profile = (name: string, labelsToApply: object) => object("Profile", { name }, { labelsToApply });
const shop = [
  endpoint("shop", "web", ["kns.shop", "ksa.shop.default"]),
  endpoint("shop", "db"),
  endpoint("lab", "web", ["kns.lab"]),
  profile("kns.shop", { "pcns.tenant": "retail", app: "inherited", zone: "first" }),
  profile("ksa.shop.default", { zone: "last", "pcsa.role": "any" }),
  profile("kns.lab", { "pcns.projectcalico.org/name": "lab" }),
  object("NetworkSet", { name: "office", namespace: "shop", labels: { app: "web" } }, { nets: ["192.0.2.0/24"] }),
];
const called = (selector: string, { namespace, of = "policy", ...more }: Record<string, string> = {}) => {
  const scope = { of, ...(namespace !== undefined && { namespace }) };
  const answer = ask(shop, { selector, ...more, scope });
  return answer.ok ? answer.called : answer;
};

test("a namespaced policy applies only in its namespace", () => {
  expect(called("app == 'web'", { namespace: "shop" })).toEqual(["shop/web"]);
  expect(called("")).toHaveLength(3);
});

test("namespace and account selectors look at labels that profiles hand down", () => {
  expect(called("all()", { namespaceSelector: "tenant == 'retail'" })).toEqual(["shop/web"]);
  expect(called("all()", { namespaceSelector: "projectcalico.org/name == 'lab'" })).toEqual(["lab/web"]);
  expect(called("all()", { serviceAccountSelector: "role == 'any'" })).toEqual(["shop/web"]);
});

test("an endpoint's own label wins over an inherited one, and its first profile's over a later one's", () => {
  expect([called("app == 'inherited'"), called("zone == 'first'"), called("zone == 'last'")]).toEqual([
    [],
    ["shop/web"],
    [],
  ]);
});

test("a rule's other side is of the policy's namespace, unless it selects namespaces", () => {
  const peer = { of: "peer", namespace: "shop" };
  expect(called("app == 'web'", peer)).toEqual(["shop/web"]);
  expect(called("app == 'web'", { ...peer, namespaceSelector: "projectcalico.org/name == 'lab'" })).toEqual([
    "lab/web",
  ]);
  expect(called("", peer)).toHaveLength(3);
});

test("a text that is no selector is told with the field that it stands in", () => {
  expect(called("app ==")).toMatchObject({ ok: false, field: "selector", offset: 6 });
  expect(called("all()", { serviceAccountSelector: "(" })).toMatchObject({ field: "serviceAccountSelector" });
});

test("of many all are counted, and the first are named, in order", () => {
  const pods = ["e", "c", "a", "d", "b"];
  const objects = [...pods.map((pod) => endpoint("shop", pod)), endpoint("bank", "z")];
  expect(ask(objects, { selector: "has(app)", first: 3 })).toEqual({
    ok: true,
    count: 6,
    namespaces: 2,
    endpoints: ["bank/n1-k8s-z-eth0", "shop/n1-k8s-a-eth0", "shop/n1-k8s-b-eth0"],
    called: ["bank/z", "shop/a", "shop/b"],
    sets: [],
  });
  expect(ask(objects, { selector: "has(app)", first: 0 })).toMatchObject({ count: 6, endpoints: [] });
  expect(ask(objects, { selector: "has(app)" })).toHaveProperty("endpoints.length", 6);
});

const QUESTIONS = [...SELECTORS, "", "a == 'never'"].flatMap((selector) =>
  [undefined, ...NAMESPACES].flatMap((namespace) =>
    [undefined, "team == '1'", "all()"].map((namespaceSelector) => ({
      selector,
      ...(namespaceSelector !== undefined && { namespaceSelector }),
      ...(namespace !== undefined && { namespace }),
    })),
  ),
);
const countOf = (objects: Iterable<KubeObject>, of: "policy" | "peer", question: (typeof QUESTIONS)[number]) => {
  const { namespace, ...side } = question;
  const answer = ask(objects, { ...side, first: 4, scope: { of, ...(namespace !== undefined && { namespace }) } });
  return answer.ok ? answer.count : answer;
};

test("a drafted policy applies where the engine would have it in force once it is stored", () => {
  fc.assert(
    fc.property(dense, fc.constantFrom(...QUESTIONS), (objects, question) => {
      const { namespace, ...spec } = question;
      const kind = namespace === undefined ? "GlobalNetworkPolicy" : "NetworkPolicy";
      const draft = object(kind, { name: "the-draft", ...(namespace !== undefined && { namespace }) }, spec);
      const evaluator = createEvaluator([...objects.values(), draft]);
      const inForceOn = ({ namespace: own = "", name }: ReturnType<typeof refOf>): boolean =>
        evaluator
          .effectivePolicies({ namespace: own, name })
          .tiers.some(({ ingress }) => ingress.some((ref) => ref.name === "the-draft"));
      const engine = [...evaluator.selection.selectables]
        .map((each) => refOf(each.object))
        .filter((ref) => ref.kind === "WorkloadEndpoint" && inForceOn(ref));
      expect(countOf(objects.values(), "policy", question)).toBe(engine.length);
    }),
    { numRuns: 200 },
  );
});

test("the other side of a drafted rule matches whom the engine's selector matches", () => {
  fc.assert(
    fc.property(dense, fc.constantFrom(...QUESTIONS), (objects, question) => {
      const { namespace, selector, namespaceSelector = "" } = question;
      const wanted = peerSelectors({ selector, namespaceSelector }, namespace).positive ?? parseSelector("all()");
      const engine = createEvaluator(objects.values()).selection.selectables.filter(
        (each) => each.object.kind === "WorkloadEndpoint" && matches(wanted, each.labels),
      );
      expect(countOf(objects.values(), "peer", question)).toBe(engine.length);
    }),
    { numRuns: 200 },
  );
});

test("what endpoints are known by is told, the most used first", async () => {
  const world = new World();
  world.take({ changes: shop.map((one) => JSON.stringify(one)), isAnew: true, revision: 7 });
  const inSlices = async <T>(items: readonly T[], work: (slice: readonly T[]) => void) => {
    for (const item of items) work([item]);
  };
  const course = { rows: new Rows(() => undefined), inSlices };
  expect(await answerTo(world, { ask: "terms", about: {} }, course)).toEqual({
    namespaces: [
      { name: "shop", endpoints: 2 },
      { name: "lab", endpoints: 1 },
    ],
    labels: [
      { key: "app", value: "web", endpoints: 2 },
      { key: "app", value: "db", endpoints: 1 },
    ],
    revision: 7,
  });
});
