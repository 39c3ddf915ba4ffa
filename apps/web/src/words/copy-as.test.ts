import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { COPY_AS, copyText, fileName, restPath } from "./copy-as.ts";

const POLICY = { kind: "NetworkPolicy", namespace: "shop", name: "allow-web" };

test.each([
  [POLICY, "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies/allow-web"],
  [{ kind: "Namespace", name: "shop" }, "/api/v1/namespaces/shop"],
  [{ kind: "Tier", name: "a/b" }, "/apis/projectcalico.org/v3/tiers/a%2Fb"],
])("REST has %j at %s", (ref, path) => {
  expect(restPath(ref)).toBe(path);
});

test("a file is named after kind, namespace and name, in letters that every system takes", () => {
  expect([POLICY, { kind: "Tier", name: "../a b" }].map(fileName)).toEqual([
    "networkpolicy-shop-allow-web.yaml",
    "tier-.._a_b.yaml",
  ]);
});

test("each way ends in the manifest, as YAML alone or as the input of a command", () => {
  expect(COPY_AS.map((as) => copyText(as, POLICY, "kind: Tier\n").split("\n")[0])).toEqual([
    "kind: Tier",
    "kubectl apply -f - <<'EOF'",
    "percale apply -f - <<'EOF'",
    "curl --fail-with-body -X PUT --cacert .percale/pki/ca.crt \\",
  ]);
});

test("a shell hands the command the text word for word, whatever stands in it", () => {
  const line = fc.oneof(fc.constant("EOF"), fc.constant("EOF_"), fc.constant("a: $HOME `id` \\ 'x'"), fc.string());
  const text = fc.array(line).map((lines) => `${lines.join("\n").replaceAll(/[\0\r]/g, "")}\n`);
  fc.assert(
    fc.property(text, (manifest) => {
      const script = copyText("kubectl apply", POLICY, manifest).replace("kubectl apply -f -", "cat");
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(manifest);
    }),
    { numRuns: 40 },
  );
});

test("an object is where its group has it", () => {
  const ref = { kind: "KubernetesNetworkPolicy", namespace: "shop", name: "a" };
  expect(restPath(ref)).toBe("/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/a");
});
