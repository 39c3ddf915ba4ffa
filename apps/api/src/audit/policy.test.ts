import { expect, test } from "vitest";
import { DEFAULT_POLICY, parseAuditPolicy, ruleFor } from "./policy.ts";
import type { AuditedRequest } from "./policy.ts";

const object = { group: "projectcalico.org", resource: "networkpolicies", namespace: "shop", name: "web" };
const write: AuditedRequest = { user: "ada", groups: ["devs"], verb: "update", path: "/x", object };
const policy = (...rules: object[]) => parseAuditPolicy({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules });

test.each<[name: string, rule: object, asked: AuditedRequest, fits: boolean]>([
  ["everything", {}, write, true],
  ["its user", { users: ["ada"] }, write, true],
  ["no other user", { users: ["bob"] }, write, false],
  ["a group", { userGroups: ["ops", "devs"] }, write, true],
  ["a verb", { verbs: ["create", "update"] }, write, true],
  ["no other verb", { verbs: ["delete"] }, write, false],
  ["a group's resources", { resources: [{ group: "projectcalico.org" }] }, write, true],
  ["the core's resources alone", { resources: [{}] }, write, false],
  ["a resource", { resources: [{ group: "projectcalico.org", resources: ["networkpolicies"] }] }, write, true],
  [
    "not its status",
    { resources: [{ group: "projectcalico.org", resources: ["networkpolicies/status"] }] },
    write,
    false,
  ],
  [
    "a status of any resource",
    { resources: [{ group: "projectcalico.org", resources: ["*/status"] }] },
    { ...write, object: { ...object, subresource: "status" } },
    true,
  ],
  [
    "no resource with its status",
    { resources: [{ group: "projectcalico.org", resources: ["networkpolicies"] }] },
    { ...write, object: { ...object, subresource: "status" } },
    false,
  ],
  ["an object by name", { resources: [{ group: "projectcalico.org", resourceNames: ["web"] }] }, write, true],
  ["a namespace", { namespaces: ["shop"] }, write, true],
  ["no other namespace", { namespaces: ["prod"] }, write, false],
  ["no object by paths", { nonResourceURLs: ["*"] }, write, false],
  [
    "what is below a path",
    { nonResourceURLs: ["/trpc/*"] },
    { user: "", groups: [], verb: "post", path: "/trpc/a" },
    true,
  ],
])("a rule fits %s", (_, rule, asked, fits) => {
  expect(ruleFor(policy({ level: "Request", ...rule }), asked).level).toBe(fits ? "Request" : "None");
});

test("the first rule that fits decides", () => {
  expect(ruleFor(policy({ level: "None", users: ["ada"] }, { level: "Request" }), write).level).toBe("None");
});

test("by default writes of people are kept, reads and agents' are not", () => {
  const levels = [write, { ...write, verb: "list" }, { ...write, groups: ["system:nodes"] }].map(
    (one) => ruleFor(DEFAULT_POLICY, one).level,
  );
  expect(levels).toEqual(["Metadata", "None", "None"]);
});

test("a policy that is none is refused with its faults", () => {
  expect(() => policy({ level: "All" })).toThrow(/rules\[0\]\.level: must be one of/);
});
