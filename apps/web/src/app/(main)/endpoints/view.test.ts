import { expect, test } from "vitest";
import { endpointOf } from "../../../policy/endpoint.ts";
import { selectables } from "../../../policy/selection.ts";
import type { PolicyObject } from "../../../policy/spec.ts";
import type { NodeReport } from "../nodes/view.ts";
import { endpointRows } from "./view.ts";

const endpoint = (app: string) =>
  endpointOf({
    apiVersion: "projectcalico.org/v3",
    kind: "WorkloadEndpoint",
    metadata: { name: `n-k8s-${app}-eth0`, namespace: "shop", labels: { app, "projectcalico.org/namespace": "shop" } },
    spec: { pod: app, node: "n", ipNetworks: ["10.0.0.1/32"] },
  });
const policy = (selector: string, types: string[]): PolicyObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name: selector, namespace: "shop" },
  spec: { selector, types },
});

test("an endpoint says how many policies protect it, which way, and what its node reports", () => {
  const report = {
    name: "n",
    addresses: [],
    connected: true,
    status: {
      workloads: [
        {
          ref: { kind: "WorkloadEndpoint", namespace: "shop", name: "n-k8s-db-eth0" },
          state: "up",
          interfaceName: "cali1",
        },
      ],
    },
  } as unknown as NodeReport;
  const rows = endpointRows(
    selectables([endpoint("web"), endpoint("db")], []),
    [policy("app == 'db'", ["Ingress"]), policy("has(app) && app != 'web'", ["Egress"])],
    [report],
  );
  expect(
    rows.map(({ text, policies, protection, state, labels }) => ({ text, policies, protection, state, labels })),
  ).toEqual([
    { text: "shop/web", policies: 0, protection: "not at all", state: "not reported", labels: "app=web" },
    { text: "shop/db", policies: 2, protection: "both ways", state: "up", labels: "app=db" },
  ]);
});
