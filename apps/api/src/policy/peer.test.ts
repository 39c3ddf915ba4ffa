import type { KubeObject } from "@percale/resources";
import { API_VERSION } from "@percale/resources";
import { createEvaluator } from "@percale/policy";
import { expect, test } from "vitest";
import { peerOf } from "./peer.ts";

const endpoint = (namespace: string, node: string, pod: string): KubeObject => ({
  apiVersion: API_VERSION,
  kind: "WorkloadEndpoint",
  metadata: { namespace, name: `${node}-k8s-${pod}-eth0` },
  spec: { node, orchestrator: "k8s", pod, endpoint: "eth0" },
});
const evaluator = createEvaluator([
  endpoint("shop", "n1", "frontend"),
  endpoint("shop", "n2", "database"),
  endpoint("test", "n2", "database"),
  { apiVersion: API_VERSION, kind: "Node", metadata: { name: "n1" }, spec: {} },
]);

test.each([
  ["frontend", { endpoint: { namespace: "shop", name: "n1-k8s-frontend-eth0" } }],
  ["shop/database", { endpoint: { namespace: "shop", name: "n2-k8s-database-eth0" } }],
  ["test/n2-k8s-database-eth0", { endpoint: { namespace: "test", name: "n2-k8s-database-eth0" } }],
  ["n1", { node: "n1" }],
  ["node:n9", { node: "n9" }],
  ["10.0.0.1", { ip: "10.0.0.1" }],
  ["fd00::1", { ip: "fd00::1" }],
])("%s is %j", (text, peer) => {
  expect(peerOf(text, evaluator)).toStrictEqual(peer);
});

test.each([
  ["database", '"database" is the name of several workloads: shop/database, test/database'],
  ["fronted", 'there is no workload, node or address "fronted"; there are shop/database, shop/frontend, test/database'],
  ["shop/x", 'there is no workload, node or address "shop/x"; there are shop/database, shop/frontend'],
])("%s is told apart", (text, words) => {
  expect(() => peerOf(text, evaluator)).toThrow(words);
});
