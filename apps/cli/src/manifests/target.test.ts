import { expect, test } from "vitest";
import { ownKinds } from "../rest/kinds.ts";
import { parseManifests } from "./documents.ts";
import { idOf, namespaceFor, targetOf } from "./target.ts";
import type { Scope } from "./target.ts";

const target = (kind: string, more = "", scope: Scope = {}) =>
  targetOf(
    parseManifests(`apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: { name: a${more} }`, "x")[0]!,
    scope,
  );

test.each([
  ["its own", ", namespace: shop", {}, "shop"],
  ["its own, which is the client's", ", namespace: shop", { namespace: "shop" }, "shop"],
  ["the client's", "", { namespace: "shop" }, "shop"],
  ["the client's where it says nothing", ', namespace: ""', { namespace: "shop" }, "shop"],
  ["default", "", {}, "default"],
])("an object of a namespaced kind is in %s", (_, more, scope, namespace) => {
  const { object, namespace: found, kind } = target("NetworkSet", more, scope);
  expect([found, object.metadata, kind.plural]).toEqual([namespace, { name: "a", namespace }, "networksets"]);
});

test("an object of a cluster kind has none, whatever the client's is", () => {
  const { object, namespace } = target("Tier", "", { namespace: "shop" });
  expect([namespace, object.metadata]).toEqual([undefined, { name: "a" }]);
  expect(() => target("Tier", ", namespace: shop")).toThrow("x:3:22: Tier is not namespaced, got namespace shop");
});

test("kinds and versions must be known", () => {
  expect(() => target("Teir")).toThrow("x:2:1: unknown resource type (Teir) and/or version (projectcalico.org/v3)");
  const [old] = parseManifests("apiVersion: v1\nkind: Tier\nmetadata: { name: a }", "x");
  expect(() => targetOf(old!, {})).toThrow("unknown resource type (Tier) and/or version (v1)");
  const [none] = parseManifests("kind: Tier\nmetadata: { name: a }", "x");
  expect(() => targetOf(none!, {})).toThrow("unknown resource type (Tier) and/or version ()");
});

const kind = (plural: string) => ownKinds.find((one) => one.plural === plural)!;

test("objects that are named are in one namespace, all of a kind may be in all", () => {
  const sets = kind("networksets");
  expect(namespaceFor(sets, {}, true)).toBe("default");
  expect(namespaceFor(sets, { namespace: "shop" }, true)).toBe("shop");
  expect(namespaceFor(sets, { namespace: "" }, true)).toBe("default");
  expect(namespaceFor(sets, { allNamespaces: true }, false)).toBe(undefined);
  expect(namespaceFor(kind("tiers"), {}, true)).toBe(undefined);
  expect(() => namespaceFor(sets, { allNamespaces: true }, true)).toThrow("a name needs one namespace: use -n, not -A");
  expect(() => namespaceFor(sets, { allNamespaces: true, namespace: "a" }, false)).toThrow(
    "-n and -A exclude each other",
  );
  expect(() => namespaceFor(kind("tiers"), { allNamespaces: true }, false)).toThrow("Tier is not namespaced");
  expect(() => namespaceFor(kind("tiers"), { namespace: "a" }, false)).toThrow("Tier is not namespaced");
});

test("an object is called by its kind and where it is", () => {
  expect([idOf("Tier", undefined, "a"), idOf("NetworkSet", "shop", "a")]).toEqual(["Tier(a)", "NetworkSet(shop/a)"]);
});
