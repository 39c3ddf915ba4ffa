import { expect, test } from "vitest";
import type { NodeProgram } from "../../policy/programmed.ts";
import { policyVerdict, type Standing } from "./verdict.ts";

const on = (...nodes: readonly NodeProgram[]): Standing["programmed"] => ({
  done: nodes.filter(({ state }) => state === "programmed").length,
  total: nodes.length,
  nodes,
});
const done: NodeProgram = { node: "node-1", state: "programmed", why: "" };
const all = on(done, { ...done, node: "node-2" });
const by = [{ kind: "NetworkPolicy", namespace: "shop", name: "deny-all" }];

test.each<[what: string, standing: Standing, told: object]>([
  [
    "in force",
    { endpoints: 2, shadowedBy: undefined, programmed: all },
    { severity: "ok", lead: "In force on 2 endpoints", rest: "Programmed on all 2 nodes." },
  ],
  [
    "known from no node",
    { endpoints: 1, shadowedBy: undefined, programmed: undefined },
    { severity: "unknown", lead: "In force on 1 endpoint", rest: "No node reports whether it is programmed." },
  ],
  [
    "for nobody, whoever else decides",
    { endpoints: 0, shadowedBy: by, programmed: all },
    { severity: "warning", lead: "Matches nothing", rest: "No endpoint is selected, so it decides nothing." },
  ],
  [
    "behind others",
    { endpoints: 2, shadowedBy: by, programmed: all },
    {
      severity: "warning",
      lead: "Decides nothing: shop/deny-all decides before it",
      rest: "Wherever it is in force, others decide before it: without it no packet would meet another end.",
    },
  ],
  [
    "refused by a node",
    {
      endpoints: 2,
      shadowedBy: undefined,
      programmed: on({ node: "node-9", state: "refused", why: "refused it: ENOBUFS" }, done),
    },
    {
      severity: "critical",
      lead: "Not programmed on 1 of 2 nodes",
      rest: "node-9: refused it: ENOBUFS",
    },
  ],
  [
    "waited for",
    {
      endpoints: 2,
      shadowedBy: by,
      programmed: on({ node: "node-3", state: "waiting", why: "2 revisions behind" }, done),
    },
    {
      severity: "warning",
      lead: "Not programmed on 1 of 2 nodes",
      rest: "node-3: 2 revisions behind",
    },
  ],
  [
    "not known of any node",
    {
      endpoints: 2,
      shadowedBy: undefined,
      programmed: on(
        { node: "node-1", state: "unheard", why: "has no agent yet" },
        { node: "node-2", state: "unheard", why: "has no agent yet" },
      ),
    },
    { severity: "unknown", lead: "Not programmed on 2 of 2 nodes", rest: "node-1, node-2: has no agent yet" },
  ],
])("a policy that is %s says so first", (_, standing, told) => {
  expect(policyVerdict(standing)).toEqual(told);
});
