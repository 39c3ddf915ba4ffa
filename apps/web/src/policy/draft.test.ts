import { expect, test } from "vitest";
import { parse } from "yaml";
import { draftPolicy, type DraftRequest, labelTerm } from "./draft.ts";
import type { PolicyObject } from "./spec.ts";

const end = (namespace: string, name: string) => ({ namespace, name, labels: { app: name, zone: "a" } });
const REQUEST: DraftRequest = {
  action: "Deny",
  source: end("shop", "frontend"),
  destination: end("shop", "database"),
  protocol: "TCP",
  port: 5432,
  applying: [],
  taken: new Set(),
};
const policy = (order: number | undefined): PolicyObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name: "x", namespace: "shop" },
  spec: { selector: "app == 'database'", types: ["Ingress"], ...(order === undefined ? {} : { order }) },
});

test("a denial where no policy applies passes everything else on", () => {
  expect(parse(draftPolicy(REQUEST))).toEqual({
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name: "deny-frontend-to-database", namespace: "shop" },
    spec: {
      tier: "default",
      order: 100,
      selector: "app == 'database'",
      types: ["Ingress"],
      ingress: [
        { action: "Deny", protocol: "TCP", source: { selector: "app == 'frontend'" }, destination: { ports: [5432] } },
        { action: "Pass" },
      ],
    },
  });
});

test("where other policies apply the draft goes before them and leaves the rest to them", () => {
  const { spec } = parse(draftPolicy({ ...REQUEST, applying: [policy(500), policy(300), policy(undefined)] }));
  expect(spec.order).toBe(150);
  expect(spec.ingress).toHaveLength(1);
});

test("a source in another namespace is named by it", () => {
  const { spec } = parse(draftPolicy({ ...REQUEST, source: end("web", "frontend") }));
  expect(spec.ingress[0].source.namespaceSelector).toBe("projectcalico.org/name == 'web'");
});

test("a taken name gets a number", () => {
  const taken = new Set(["deny-frontend-to-database", "deny-frontend-to-database-2"]);
  expect(parse(draftPolicy({ ...REQUEST, taken })).metadata.name).toBe("deny-frontend-to-database-3");
});

test("the most telling label is chosen, a bare endpoint is all()", () => {
  expect(labelTerm({ zone: "a", role: "db" })).toBe("role == 'db'");
  expect(labelTerm({ "projectcalico.org/namespace": "x" })).toBe("all()");
});
