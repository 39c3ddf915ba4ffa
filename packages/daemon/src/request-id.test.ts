import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createLogger } from "./log.ts";
import { currentRequestId, newRequestId, outsideRequests, requestIdOf, withRequestId } from "./request-id.ts";

test("an id goes along with the work of its request, whatever runs in between", async () => {
  let turn: Promise<unknown> = Promise.resolve(); // as those who let requests run one after another have it
  const seen: (string | undefined)[] = [];
  const ask = (id: string): Promise<unknown> =>
    withRequestId(id, () => {
      turn = turn.then(() => setImmediate()).then(() => seen.push(currentRequestId()));
      return turn;
    });
  await Promise.all([ask("request-a"), ask("request-b")]);
  expect([...seen, currentRequestId()]).toEqual(["request-a", "request-b", undefined]);
});

test("what outlives a request is not told in its name", () => {
  expect(withRequestId("request-a", () => outsideRequests(currentRequestId))).toBeUndefined();
});

test("every log line of a request has its id, and no other line has one", () => {
  const lines: string[] = [];
  const log = createLogger({ component: "api", write: (line) => lines.push(line), now: () => new Date(0) });
  withRequestId("request-a", () => log.child({ component: "store" }).info("written", { revision: 7 }));
  log.info("ready");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      level: "info",
      msg: "written",
      component: "store",
      time: "1970-01-01T00:00:00.000Z",
      requestId: "request-a",
      revision: 7,
    },
    { level: "info", msg: "ready", component: "api", time: "1970-01-01T00:00:00.000Z" },
  ]);
});

test.each([
  ["Kubernetes' header", { "audit-id": "aaaaaaaa-1", "x-request-id": "bbbbbbbb-2" }, "aaaaaaaa-1"],
  ["a proxy's header", { "x-request-id": "bbbbbbbb-2" }, "bbbbbbbb-2"],
  ["the first that is well-formed", { "audit-id": "a b", "x-request-id": "bbbbbbbb-2" }, "bbbbbbbb-2"],
])("a caller's id is kept: %s", (_name, headers, id) => {
  expect(requestIdOf(headers)).toBe(id);
});

test.each(["", "short", "-rf-12345", "two words", 'quote"12345', "new\nline12", "x".repeat(65)])(
  "an id that logs and databases should not hold is replaced: %j",
  (id) => {
    const made = requestIdOf({ "audit-id": id });
    expect(made).toHaveLength(newRequestId().length);
    expect(made).not.toBe(id);
  },
);
