import { expect, test } from "vitest";
import type { RaisedCondition } from "@percale/protocol";
import { HealthRegistry } from "./health.ts";

const stale = {
  code: "UpstreamLost",
  severity: "warning",
  title: "No API",
  detail: "refused",
  advice: "wait",
} as const;

function registry() {
  let seconds = 0;
  return new HealthRegistry({ now: () => new Date(1000 * seconds++) });
}

test("setting a condition again keeps its beginning", () => {
  const health = registry();
  health.set(stale);
  health.set(stale);
  health.set({ ...stale, detail: "timed out" });
  expect(health.list()).toEqual([{ ...stale, detail: "timed out", since: "1970-01-01T00:00:00.000Z" }]);
});

test("a code may stand once for each object, and is cleared one by one", () => {
  const health = registry();
  const a = { kind: "IPPool", name: "a" };
  health.set({ ...stale, ref: a });
  health.set({ ...stale, ref: { kind: "IPPool", name: "b" } });
  health.clear(stale.code, a);
  expect(health.list().map(({ ref }) => ref?.name)).toEqual(["b"]);
});

test("what a source tells no more is gone, others' conditions stay, and what it goes on telling keeps its beginning", () => {
  const health = registry();
  const a = { ...stale, code: "A" };
  const b = { ...stale, code: "B", ref: { kind: "IPPool", name: "b" } };
  health.set(stale);
  health.tell("bird", [a, b]);
  health.tell("bird", [a]);
  expect(health.list().map(({ code, since }) => [code, since])).toEqual([
    ["UpstreamLost", "1970-01-01T00:00:00.000Z"],
    ["A", "1970-01-01T00:00:01.000Z"],
  ]);
  health.tell("bird", []);
  expect(health.list().map(({ code }) => code)).toEqual(["UpstreamLost"]);
});

test("what a source told no more and tells again began again", () => {
  const health = registry();
  const [a, b] = ["a", "b"].map((name) => ({ ...stale, ref: { kind: "IPPool", name } }));
  const told = (...findings: readonly RaisedCondition[]) => {
    health.tell("pools", findings);
    return health
      .list()
      .map(({ ref, since }) => `${ref?.name} ${Date.parse(since)}`)
      .sort();
  };
  expect([told(a!), told(a!, b!), told(b!), told(a!, b!)]).toEqual([
    ["a 0"],
    ["a 0", "b 1000"],
    ["b 1000"],
    ["a 3000", "b 1000"], // an end is a look at the clock too
  ]);
});

test("errors are listed first", () => {
  const health = registry();
  health.set(stale);
  health.set({ ...stale, code: "Broken", severity: "error" });
  expect(health.list().map(({ code }) => code)).toEqual(["Broken", "UpstreamLost"]);
});

test("one failing check fails its probe and says why", () => {
  const health = registry();
  health.addCheck("ready", "store", () => "no connection");
  health.addCheck("ready", "stream", () => undefined);
  expect(health.report("ready")).toEqual({
    ok: false,
    checks: [{ name: "store", problem: "no connection" }, { name: "stream" }],
  });
  expect(health.report("live").ok).toBe(true);
});

test("two that a source tells of one code, about no object, stand side by side and keep their beginnings", () => {
  const health = registry();
  const [a, b] = [
    { ...stale, title: "cali1 is closed" },
    { ...stale, title: "cali2 is closed" },
  ];
  for (let i = 0; i < 3; i++) health.tell("dataplane", [a, b]);
  expect(health.list()).toEqual([
    { ...a, since: "1970-01-01T00:00:00.000Z" },
    { ...b, since: "1970-01-01T00:00:01.000Z" },
  ]);
  health.tell("dataplane", [b]);
  expect(health.list().map(({ title }) => title)).toEqual(["cali2 is closed"]);
});

test("what ended is remembered with its end, the newest first, and not for ever", () => {
  const health = registry();
  health.set(stale);
  health.clear(stale.code);
  health.clear(stale.code);
  health.tell("bird", [{ ...stale, code: "A" }]);
  health.tell("bird", []);
  expect(health.ended()).toEqual([
    { ...stale, code: "A", since: "1970-01-01T00:00:02.000Z", until: "1970-01-01T00:00:03.000Z" },
    { ...stale, since: "1970-01-01T00:00:00.000Z", until: "1970-01-01T00:00:01.000Z" },
  ]);
  for (let nth = 0; nth < 20; nth++) {
    health.set({ ...stale, code: `N${nth}` });
    health.clear(`N${nth}`);
  }
  expect([health.ended().length, health.ended()[0]?.code, health.list()]).toEqual([10, "N19", []]);
});
