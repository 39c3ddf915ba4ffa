import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createLogger } from "./log.ts";

const now = (): Date => new Date("2026-11-01T10:00:00.5Z");

function capture(options: { level?: "debug" | "warn"; format?: "json" | "pretty" } = {}) {
  const lines: string[] = [];
  return { lines, log: createLogger({ component: "store", now, write: (line) => lines.push(line), ...options }) };
}

test("a line is one JSON object with level, msg, component, time and the fields", () => {
  const { lines, log } = capture();
  log.info("ready", { tookMs: 3, revision: 7n });
  expect(lines).toEqual([
    '{"level":"info","msg":"ready","component":"store","time":"2026-11-01T10:00:00.500Z","tookMs":3,"revision":"7"}\n',
  ]);
});

test("lines below the level are dropped", () => {
  const { lines, log } = capture({ level: "warn" });
  log.info("no");
  log.warn("yes");
  expect(lines).toHaveLength(1);
});

test("a child carries its fields and an error keeps its message and cause", () => {
  const { lines, log } = capture();
  log.child({ node: "a" }).error("failed", { error: new Error("outer", { cause: new Error("inner") }) });
  expect(JSON.parse(lines[0]!)).toMatchObject({ node: "a", error: { message: "outer", cause: { message: "inner" } } });
});

test("pretty is one readable line", () => {
  const { lines, log } = capture({ format: "pretty" });
  log.warn("slow", { node: "a" });
  expect(stripVTControlCharacters(lines[0]!)).toBe("10:00:00.500 WARN  store: slow node=a\n");
});

test("what others say steers no terminal and forges no line", () => {
  const { lines, log } = capture({ format: "pretty" });
  const hostile = "a\u001B[2J\n10:00:00.500 INFO  store: ready\u202E\u0085";
  log.warn(hostile, { node: hostile, list: [hostile], error: Object.assign(new Error(hostile), { stack: hostile }) });
  const [first, second, ...more] = stripVTControlCharacters(lines[0]!).split("\n");
  const said = String.raw`a\u001b[2J\u000a10:00:00.500 INFO  store: ready\u202e\u0085`;
  const inJson = String.raw`["a\u001b[2J\n10:00:00.500 INFO  store: ready\u202e\u0085"]`;
  expect(first).toBe(String.raw`10:00:00.500 WARN  store: ${said} node=${said} list=${inJson} error=a\u001b[2J`);
  expect([second, more]).toEqual([String.raw`    10:00:00.500 INFO  store: ready\u202e\u0085`, [""]]);
});
