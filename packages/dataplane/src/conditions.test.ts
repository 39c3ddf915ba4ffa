import type { Link } from "@percale/kernel";
import { emptyState, take } from "@percale/policy";
import type { ActiveEndpoint } from "@percale/policy";
import { condition } from "@percale/protocol";
import { expect, test } from "vitest";
import { findDown, findFailure, findRenamed, Since } from "./conditions.ts";
import type { EndpointState } from "./face.ts";

const endpoint = (key: string, active = true): ActiveEndpoint => ({
  key,
  ref: { kind: "WorkloadEndpoint", namespace: "red", name: key },
  match: { by: "name", name: `cali-${key}` },
  active,
  profiles: [],
  stages: {},
});

test("a finding is as old as the unbroken run of looks that had it", () => {
  let now = 0;
  const since = new Since(() => now);
  const one = (subject: string) => ({ ...condition.DataplaneRefused({ detail: subject }), subject });
  const dated = (...subjects: readonly string[]) => {
    now += 1_000;
    return since.date(subjects.map(one)).map(({ detail, since }) => `${detail} ${Date.parse(since)}`);
  };
  expect([dated("a"), dated("a", "b"), dated("b"), dated("a", "b")]).toEqual([
    ["a 1000"],
    ["a 1000", "b 2000"],
    ["b 2000"],
    ["a 4000", "b 2000"],
  ]);
});

test("a pass that failed is told, one that did not is not", () => {
  expect([findFailure(undefined), findFailure("no room").map(({ code, subject }) => [code, subject])]).toEqual([
    [],
    [["DataplaneRefused", ""]],
  ]);
});

test.each<[what: string, active: boolean, state: Partial<EndpointState> | undefined, detail: string | undefined]>([
  ["is up", true, { state: "up" }, undefined],
  ["was not looked at yet", true, undefined, undefined],
  ["wants no traffic", false, { state: "down", detail: "not active" }, undefined],
  ["is down", true, { state: "down", detail: "interface is missing" }, "interface is missing"],
  ["is wrong without a word", true, { state: "error" }, "error"],
])("an endpoint that %s is told only if a person must do something", (_, active, state, detail) => {
  const one = endpoint("a", active);
  const states = new Map<string, EndpointState>();
  if (state !== undefined) states.set("a", { ref: one.ref, interfaceName: "cali-a", state: "up", ...state });
  const found = findDown([one], states).map((finding) => [finding.code, finding.subject, finding.ref, finding.detail]);
  expect(found).toEqual(detail === undefined ? [] : [["WorkloadDown", "a", one.ref, expect.stringContaining(detail)]]);
});

test("an interface under another name is told with its endpoint, or as closed if it has none", () => {
  const state = emptyState();
  take(state, { t: "endpoint", endpoint: endpoint("a") });
  const link = (index: number, name: string) => ({ index, name }) as Link; // no more of it is read
  const found = findRenamed(
    [
      { link: link(7, "x"), owner: "cali-a" },
      { link: link(8, "y"), owner: undefined },
      { link: link(9, "z"), owner: "cali-gone" },
    ],
    state,
  );
  expect(found.map(({ code, subject, detail, ref }) => [code, subject, detail, ref?.name])).toEqual([
    ["InterfaceRenamed", "7 x", "cali-a (index 7) is called x now.", "a"],
    ["InterfaceClosed", "8 y", "No endpoint of this node has y (index 8).", undefined],
    ["InterfaceClosed", "9 z", "No endpoint of this node has z (index 9).", undefined],
  ]);
  expect(findRenamed([], state)).toEqual([]);
});
