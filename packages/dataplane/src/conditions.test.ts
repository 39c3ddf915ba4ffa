import type { Link } from "@percale/kernel";
import { emptyState, take } from "@percale/policy";
import type { ActiveEndpoint } from "@percale/policy";
import { expect, test } from "vitest";
import { findDown, findFailure, findRenamed } from "./conditions.ts";
import type { EndpointState } from "./face.ts";

const endpoint = (key: string, active = true): ActiveEndpoint => ({
  key,
  ref: { kind: "WorkloadEndpoint", namespace: "red", name: key },
  match: { by: "name", name: `cali-${key}` },
  active,
  profiles: [],
  stages: {},
});

test("a pass that failed is told, one that did not is not", () => {
  expect([findFailure(undefined), findFailure("no room").map(({ code, detail }) => [code, detail])]).toEqual([
    [],
    [["DataplaneRefused", "no room"]],
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
  const found = findDown([one], states).map((finding) => [finding.code, finding.ref, finding.detail]);
  expect(found).toEqual(detail === undefined ? [] : [["WorkloadDown", one.ref, expect.stringContaining(detail)]]);
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
  expect(found.map(({ code, detail, ref }) => [code, detail, ref?.name])).toEqual([
    ["InterfaceRenamed", "cali-a (index 7) is called x now.", "a"],
    ["InterfaceClosed", "No endpoint of this node has y (index 8).", undefined],
    ["InterfaceClosed", "No endpoint of this node has z (index 9).", undefined],
  ]);
  expect(findRenamed([], state)).toEqual([]);
});
