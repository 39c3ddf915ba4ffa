import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { expect, test } from "vitest";
import { fieldWith } from "./field-text.ts";

const policy: KubeObject = {
  apiVersion: API_VERSION,
  kind: "NetworkPolicy",
  metadata: {
    name: "web",
    namespace: "shop",
    labels: { team: "Payments" },
    annotations: {
      note: `asked for by ${"x".repeat(100)} OPS-1441 ${"y".repeat(100)}`,
      "kubectl.kubernetes.io/last-applied-configuration": '{"repeated":"once-more"}',
    },
  },
  spec: {
    selector: 'app == "web"',
    ingress: [
      { action: "Allow" },
      { action: "Allow", source: { nets: ["192.0.2.0/24", "10.64.0.0/10"] }, destination: { ports: [8443] } },
    ],
  },
};

test.each<[typed: string, told: object | undefined]>([
  ["10.64.", { field: "spec.ingress[1].source.nets[1]", text: "10.64.0.0/10" }],
  ['== "web"', { field: "spec.selector", text: 'app == "web"' }],
  ["8443", { field: "spec.ingress[1].destination.ports[0]", text: "8443" }],
  ["team=pay", { field: "metadata.labels", text: "team=Payments" }],
  ["ops-1441", { field: "metadata.annotations", text: `…${"x".repeat(19)} OPS-1441 ${"y".repeat(51)}…` }],
  ["once-more", undefined],
  ["nets", undefined], // a field's name is no text of it
  ["10", undefined],
  ["nothing", undefined],
])("%j is found where it stands", (typed, told) => {
  expect(fieldWith(policy, typed)).toEqual(told);
});
