import fc from "fast-check";
import { expect, test } from "vitest";
import { formatRule, ruleAllows, uncovered } from "./rule.ts";
import type { Attributes, PolicyRule } from "./rule.ts";

const rule = (verbs: string, apiGroups: string, resources: string, resourceNames?: string): PolicyRule => ({
  verbs: verbs.split(","),
  apiGroups: apiGroups.split(","),
  resources: resources.split(","),
  ...(resourceNames !== undefined && { resourceNames: resourceNames.split(",") }),
});

test.each<[name: string, rule: PolicyRule, asked: Attributes, allowed: boolean]>([
  ["its verb, group and resource", rule("get", "g", "pods"), { verb: "get", group: "g", resource: "pods" }, true],
  ["no other verb", rule("get", "g", "pods"), { verb: "list", group: "g", resource: "pods" }, false],
  ["no other group", rule("get", "g", "pods"), { verb: "get", group: "", resource: "pods" }, false],
  ["the core group by an empty text", rule("get", "", "pods"), { verb: "get", group: "", resource: "pods" }, true],
  [
    "no subresource with the resource",
    rule("*", "*", "pods"),
    { verb: "get", group: "g", resource: "pods", subresource: "status" },
    false,
  ],
  [
    "a subresource by its name",
    rule("*", "*", "pods/status"),
    { verb: "get", group: "g", resource: "pods", subresource: "status" },
    true,
  ],
  [
    "the resource not with its subresource",
    rule("*", "*", "pods/status"),
    { verb: "get", group: "g", resource: "pods" },
    false,
  ],
  [
    "a subresource of any resource",
    rule("*", "*", "*/status"),
    { verb: "get", group: "g", resource: "pods", subresource: "status" },
    true,
  ],
  [
    "every subresource by *",
    rule("*", "*", "*"),
    { verb: "get", group: "g", resource: "pods", subresource: "status" },
    true,
  ],
  [
    "an object that it names",
    rule("get", "g", "pods", "a,b"),
    { verb: "get", group: "g", resource: "pods", name: "b" },
    true,
  ],
  ["no other object", rule("get", "g", "pods", "a"), { verb: "get", group: "g", resource: "pods", name: "b" }, false],
  [
    "no list where it names objects",
    rule("*", "g", "pods", "a"),
    { verb: "list", group: "g", resource: "pods" },
    false,
  ],
  [
    "no name for a wildcard of names",
    rule("*", "g", "pods", "*"),
    { verb: "get", group: "g", resource: "pods", name: "a" },
    false,
  ],
  ["a path", { verbs: ["get"], nonResourceURLs: ["/metrics"] }, { verb: "get", path: "/metrics" }, true],
  ["what is below a path", { verbs: ["get"], nonResourceURLs: ["/apis/*"] }, { verb: "get", path: "/apis/x/v1" }, true],
  ["nothing beside a path", { verbs: ["get"], nonResourceURLs: ["/apis/*"] }, { verb: "get", path: "/apis" }, false],
  ["no path by resources", rule("*", "*", "*"), { verb: "get", path: "/metrics" }, false],
  [
    "no resource by paths",
    { verbs: ["*"], nonResourceURLs: ["*"] },
    { verb: "get", group: "", resource: "pods" },
    false,
  ],
])("a rule allows %s", (_, held, asked, allowed) => {
  expect(ruleAllows(held, asked)).toBe(allowed);
});

test("a permission is told in Kubernetes' words", () => {
  expect(uncovered([rule("get", "g", "pods")], [rule("get,list", "g", "pods", "a")]).map(formatRule)).toEqual([
    '{APIGroups:["g"], Resources:["pods"], ResourceNames:["a"], Verbs:["list"]}',
  ]);
});

test.each<[name: string, held: PolicyRule[], wanted: PolicyRule, missing: number]>([
  ["all is in one rule", [rule("*", "g", "*")], rule("get,list", "g", "pods,tiers"), 0],
  [
    "two rules share the verbs",
    [rule("get", "g", "pods"), rule("list", "g", "pods")],
    rule("get,list", "g", "pods"),
    0,
  ],
  ["a wildcard is wanted and each verb held", [rule("get,list,watch", "g", "pods")], rule("*", "g", "pods"), 1],
  ["all names are wanted and one is held", [rule("get", "g", "pods", "a")], rule("get", "g", "pods"), 1],
  [
    "all subresources are wanted and the resource is held",
    [rule("get", "g", "pods")],
    rule("get", "g", "pods/status"),
    1,
  ],
  ["a subresource is held of any resource", [rule("get", "g", "*/status")], rule("get", "g", "pods/status"), 0],
])("what is missing where %s", (_, held, wanted, missing) => {
  expect(uncovered(held, [wanted])).toHaveLength(missing);
});

const some = (...values: string[]) => fc.subarray(values, { minLength: 1 });
const anyRule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({
    verbs: some("get", "list", "*"),
    apiGroups: some("", "g", "*"),
    resources: some("pods", "pods/status", "*/status", "tiers", "*"),
    resourceNames: fc.oneof(fc.constant([]), some("a", "b")),
  }),
  fc.record({ verbs: some("get", "*"), nonResourceURLs: some("/a", "/a/*", "*") }),
);
const ask: fc.Arbitrary<Attributes> = fc.oneof(
  fc.record(
    {
      verb: fc.constantFrom("get", "list", "bind"),
      group: fc.constantFrom("", "g", "h"),
      resource: fc.constantFrom("pods", "tiers", "nodes"),
      subresource: fc.constantFrom("status", "scale"),
      name: fc.constantFrom("a", "b", "c"),
    },
    { requiredKeys: ["verb", "group", "resource"] },
  ),
  fc.record({ verb: fc.constantFrom("get", "post"), path: fc.constantFrom("/a", "/a/b", "/c") }),
);

test("who lacks nothing of some rules may do all that they allow", () => {
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 4 }),
      fc.array(anyRule, { maxLength: 3 }),
      ask,
      (held, wanted, asked) => {
        fc.pre(uncovered(held, wanted).length === 0);
        if (wanted.some((one) => ruleAllows(one, asked))) expect(held.some((one) => ruleAllows(one, asked))).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});
