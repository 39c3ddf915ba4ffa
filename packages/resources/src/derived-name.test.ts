import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { derivedName } from "./derived-name.ts";
import { WorkloadEndpoint, prepareObject, workloadEndpointName } from "./index.ts";
import { isSubdomain } from "./metadata.ts";
import { sha256Hex } from "./sha256.ts";

test("the hash is SHA-256", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
      expect(sha256Hex(text)).toBe(createHash("sha256").update(text).digest("hex"));
    }),
  );
});

/** Close to each other on purpose: what differs only by case, escaping or where a part ends. */
const close = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split("")), minLength: 1, maxLength });

test("names are legal, kept where they can be, and nobody else's", () => {
  const names = new Map<string, string>();
  fc.assert(
    fc.property(fc.oneof(close("aA.-_~", 5), close("ab.-", 300)), (text) => {
      const name = derivedName(text);
      expect(isSubdomain(name)).toBe(true);
      expect(derivedName(name) === name).toBe(name === text); // a derived name is not another text's own
      expect(names.get(name) ?? text).toBe(text);
      names.set(name, text);
      if (isSubdomain(text)) expect(name).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

const label = close("ab0", 1);
const node = fc
  .oneof(
    label,
    fc.tuple(label, close("ab-.", 2), label).map((parts) => parts.join("")),
  )
  .filter(isSubdomain);
const ends = /^[a-zA-Z0-9]/;
const container = fc.oneof(close("aA0._-", 4), close("abc-", 600)).filter((id) => ends.test(id));
const pod = fc.oneof(close("ab.-", 4), close("abcdefg-", 253)).filter(isSubdomain);
const ifName = close("eE0-_.@", 4).filter((name) => name !== "." && name !== "..");
const spec = fc.oneof(
  fc.record({ orchestrator: fc.constant("k8s"), node, pod, endpoint: ifName }),
  fc.record({ orchestrator: fc.constant("cni"), node, containerID: container, endpoint: ifName }),
);

test("every container and pod that CNI and Kubernetes allow has an endpoint of its own that the API takes", () => {
  const specs = new Map<string, string>();
  fc.assert(
    fc.property(spec, (spec) => {
      const named = workloadEndpointName(spec);
      expect(named).toHaveProperty("name");
      const name = "name" in named ? named.name : "";
      const raw = {
        apiVersion: "projectcalico.org/v3",
        kind: "WorkloadEndpoint",
        metadata: { name, namespace: "shop" },
        spec,
      };
      const prepared = prepareObject(WorkloadEndpoint, raw, { operation: "create" });
      expect("object" in prepared && prepared.object.spec).toMatchObject(spec);
      const key = JSON.stringify(spec);
      expect(specs.get(name) ?? key).toBe(key);
      specs.set(name, key);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [{ orchestrator: "k8s", node: "n", pod: "web-0", endpoint: "eth0" }, "n-k8s-web--0-eth0"],
  [{ orchestrator: "cni", node: "n", containerID: "a.b", endpoint: "eth0" }, "n-cni-a.b-eth0"],
  [{ orchestrator: "cni", node: "n", containerID: "a_b", endpoint: "eth0" }, "n-cni-a-b-eth0-x428eeb"],
])("of %j the name is %s", (spec, expected) => {
  const named = workloadEndpointName(spec);
  expect("name" in named ? named.name : named).toMatch(new RegExp(`^${expected}`));
});
