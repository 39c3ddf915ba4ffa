import { expect, test } from "vitest";
import { Claims } from "./claims.ts";

const links = (claims: Claims, ...wanted: string[]) => {
  const { workloads, byInterface } = claims.settle(new Set(wanted), ["cali"]);
  return { workloads: [...workloads], byInterface: Object.fromEntries(byInterface) };
};

test("a renamed link stays its endpoint's until the endpoint goes, and a workload's until it goes itself", () => {
  const claims = new Claims();
  claims.hear({ index: 5, name: "cali1" });
  claims.hear({ index: 6, name: "eth0" });
  expect(links(claims, "cali1")).toEqual({ workloads: [5], byInterface: { cali1: [5] } });
  claims.hear({ index: 5, name: "cali2" });
  expect(links(claims, "cali1", "cali2")).toEqual({ workloads: [5], byInterface: { cali1: [5] } });
  claims.hear({ index: 5, name: "foo" });
  expect(links(claims, "cali3")).toEqual({ workloads: [5], byInterface: {} });
  claims.forget(5);
  expect(links(claims, "cali1")).toEqual({ workloads: [], byInterface: {} });
});

test("a link that was renamed before anybody looked is known by its former name", () => {
  const claims = new Claims();
  claims.hear({ index: 5, name: "cali1" });
  claims.hear({ index: 5, name: "foo" });
  expect(links(claims, "cali1")).toEqual({ workloads: [5], byInterface: { cali1: [5] } });
});

test("an endpoint that names the node's own interface gets nothing", () => {
  const claims = new Claims();
  claims.hear({ index: 6, name: "eth0" });
  expect(links(claims, "eth0")).toEqual({ workloads: [], byInterface: {} });
});

test("what an earlier run knew counts for links that are still there", () => {
  const claims = new Claims();
  claims.hear({ index: 5, name: "foo" });
  claims.hear({ index: 6, name: "bar" });
  const dispatch = new Map([
    [5, "cali1"],
    [9, "cali9"],
  ]);
  claims.adopt({ dispatch, workloads: new Set([5, 6, 9]) });
  expect(links(claims, "cali1", "cali9")).toEqual({ workloads: [5, 6], byInterface: { cali1: [5] } });
});
