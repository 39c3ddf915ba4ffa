import type { EffectiveView, EndpointRowView } from "@percale/api";
import type { Protection } from "@percale/policy";
import { expect, test } from "vitest";
import type { PolicyObject } from "../../../policy/spec.ts";
import type { NodeReport } from "../nodes/view.ts";
import { endpointRow, inForce, openWords, statesOf, unwellOf } from "./view.ts";

const endpoint = (app: string): EndpointRowView => ({
  key: `shop/n-k8s-${app}-eth0`,
  namespace: "shop",
  name: app,
  objectName: `n-k8s-${app}-eth0`,
  node: "n",
  addresses: ["10.0.0.1"],
  labels: { app, "projectcalico.org/namespace": "shop" },
});
const policy = (selector: string, types: string[]): PolicyObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name: selector, namespace: "shop" },
  spec: { selector, types },
});

const DB = "shop/n-k8s-db-eth0";
const closed: Protection = { is: "closed", end: { by: "tier", tier: "default" } };
const open: Protection = {
  is: "open",
  end: { by: "rule", ref: { kind: "Profile", name: "kns.shop" }, rule: 0, action: "Allow" },
};
const OPEN = { ingress: open, egress: open };
const CLOSED = { ingress: closed, egress: closed };
const REACHED = { isReached: true, isEndReached: true };

test("an endpoint says how many policies protect it, which way, and what its node reports", () => {
  const report = {
    name: "n",
    addresses: [],
    hearing: "heard",
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
  const coverage = new Map([
    ["shop/n-k8s-web-eth0", { name: "", count: 0, protection: OPEN }],
    [DB, { name: DB, count: 2, protection: CLOSED }],
  ]);
  const states = statesOf([report]);
  const rows = [endpoint("web"), endpoint("db")].map((one) => endpointRow(one, { coverage, states }));
  expect(
    rows.map(({ text, policies, protection, state, labels }) => ({ text, policies, protection, state, labels })),
  ).toEqual([
    { text: "shop/web", policies: 0, protection: OPEN, state: "not reported", labels: "app=web" },
    { text: "shop/db", policies: 2, protection: CLOSED, state: "up", labels: "app=db" },
  ]);
});

test("what is in force stands in the engine's order, without what was deleted since", () => {
  const ref = (name: string, tier: string) => ({ kind: "NetworkPolicy", namespace: "shop", name, tier });
  const view: EffectiveView = {
    endpoint: { kind: "WorkloadEndpoint", namespace: "shop", name: "n-k8s-db-eth0" },
    profiles: [],
    protection: CLOSED,
    revision: 1,
    tiers: [
      {
        tier: "first",
        order: 1,
        defaultAction: "Pass",
        ingress: [ref("b", "first"), ref("a", "first")],
        egress: [],
        reach: { ingress: REACHED },
      },
      {
        tier: "gone",
        order: 2,
        defaultAction: "Deny",
        ingress: [ref("c", "gone")],
        egress: [],
        reach: { ingress: REACHED },
      },
    ],
  };
  const policies = new Map(["a", "b"].map((name) => [`NetworkPolicy/shop/${name}`, policy(name, [])]));
  const told = inForce(view, "ingress", policies);
  expect(told.map(({ name, policies: own }) => [name, own.map(({ metadata }) => metadata.name)])).toEqual([
    ["first", ["b", "a"]],
  ]);
  expect(inForce(view, "egress", policies)).toEqual([]);
});

test.each([
  ["up", undefined, "up", "ok"],
  ["error", "no such link", "no such link", "critical"],
  ["pending", undefined, "pending", "warning"],
])("an interface that is %s (%s) is told as %s, %s", (state, detail, words, severity) => {
  const ref = { kind: "WorkloadEndpoint", namespace: "shop", name: "n-k8s-db-eth0" };
  const reports = [
    {
      name: "n",
      addresses: [],
      hearing: "heard",
      status: { workloads: [{ ref, state, interfaceName: "cali1", detail }] },
    },
  ];
  const states = statesOf(reports as unknown as NodeReport[]);
  expect(endpointRow(endpoint("db"), { coverage: new Map(), states })).toMatchObject({ state: words, severity });
  expect(unwellOf(states)).toEqual(severity === "ok" ? [] : [DB]);
});

test("an endpoint that came since the server counted is not guessed about", () => {
  const row = endpointRow(endpoint("db"), { coverage: new Map(), states: new Map() });
  expect([row.policies, row.protection]).toEqual(["waiting", "waiting"]);
});

test("how many are open is told each way", () => {
  const tally = { open: 1, partly: 0, closed: 0, byProfile: 0 };
  expect(openWords({ ingress: tally, egress: { ...tally, open: 1_200 } })).toBe("1 open inwards, 1,200 outwards");
});

test("nobody needs a look before anybody reports, and the worst comes first", () => {
  const workload = (name: string, state: string) => ({
    ref: { kind: "WorkloadEndpoint", namespace: "shop", name },
    state,
  });
  const workloads = [workload("a", "pending"), workload("b", "up"), workload("c", "error")];
  const reports = [{ name: "n", addresses: [], hearing: "heard", status: { workloads } }] as unknown as NodeReport[];
  expect([unwellOf(undefined), unwellOf(statesOf(reports))]).toEqual([[], ["shop/c", "shop/a"]]);
});

test.each(["waiting", "unknown"] as const)("what protects an endpoint is not guessed while it is %s", (untold) => {
  const row = endpointRow(endpoint("db"), { coverage: untold, states: undefined });
  expect([row.policies, row.protection, row.state, row.text]).toEqual([untold, untold, "unknown", "shop/db"]);
});
