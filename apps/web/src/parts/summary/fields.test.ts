import { expect, test } from "vitest";
import { statedFields } from "./fields.ts";

const schema = {
  properties: {
    spec: {
      properties: {
        cidr: { title: "CIDR", type: "string" },
        bgp: { title: "BGP", properties: { asNumber: { title: "AS number", type: "integer" } } },
        nodes: { title: "Nodes", type: "array" },
        disabled: { title: "Disabled", type: "boolean" },
      },
    },
  },
} as const;

const POOL = { apiVersion: "projectcalico.org/v3", kind: "IPPool", metadata: { name: "p" } };

test("what a spec states is told in the order of its kind, under written titles, maps field by field", () => {
  const spec = {
    disabled: true,
    newer: { a: 1 },
    ports: [{ name: "web", port: 80 }, { name: "dns" }],
    nodes: [],
    bgp: { asNumber: 64_512 },
    cidr: "10.0.0.0/16",
  };
  expect(statedFields(schema, { ...POOL, spec })).toEqual([
    { title: "CIDR", path: "spec.cidr", value: "10.0.0.0/16" },
    { title: "AS number", path: "spec.bgp.asNumber", value: "64512" },
    { title: "Nodes", path: "spec.nodes", value: "none" },
    { title: "Disabled", path: "spec.disabled", value: "yes" },
    { title: "newer", path: "spec.newer", value: '{"a":1}' },
    { title: "ports", path: "spec.ports", value: "web 80, dns" },
  ]);
  expect(statedFields(undefined, { ...POOL, spec: undefined })).toEqual([]);
});

test("what a kind without spec states stands beside its metadata", () => {
  const slice = { ...POOL, spec: undefined, addressType: "IPv4", ports: [{ port: 80 }], status: {} };
  expect(statedFields({ properties: { addressType: { title: "Address type" } } }, slice)).toEqual([
    { title: "Address type", path: "addressType", value: "IPv4" },
    { title: "ports", path: "ports", value: "80" },
  ]);
});
