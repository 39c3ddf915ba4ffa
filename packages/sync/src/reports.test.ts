import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { setImmediate as turn } from "node:timers/promises";
import { silentLogger } from "@percale/daemon";
import { expect, test } from "vitest";
import { Reports } from "./reports.ts";

/** What was written, as revisions; each write ends when the test says how. */
function setUp() {
  const written: (readonly [applied: number, programmed: number])[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const reports = new Reports({
    put: ({ appliedRevision, programmedRevision }) => {
      written.push([appliedRevision, programmedRevision]);
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return end.promise;
    },
    log: silentLogger,
  });
  const end = async (error?: Error): Promise<void> => {
    if (error === undefined) ends.shift()!.resolve();
    else ends.shift()!.reject(error);
    await turn();
  };
  return { reports, written, end };
}
const at = (appliedRevision: number, programmedRevision = appliedRevision) =>
  quietStatusOf("n1", { appliedRevision, programmedRevision });

test("one write at a time: what comes meanwhile is written next, of many the newest", async () => {
  const { reports, written, end } = setUp();
  for (const revision of [1, 2, 3]) reports.report(at(revision));
  expect(written).toEqual([[1, 1]]);
  await end();
  reports.keep();
  expect(written).toEqual([
    [1, 1],
    [3, 3],
  ]);
});

test("acknowledgements count in a status as far as they are ahead of it", async () => {
  const { reports, written, end } = setUp();
  reports.ack({ t: "ack", applied: 5, programmed: 2 });
  reports.keep();
  expect(written).toEqual([]); // nobody's yet
  reports.report(at(3));
  await end();
  reports.keep();
  expect(written).toEqual([[5, 3]]);
  reports.ack({ t: "ack", applied: 5, programmed: 4 });
  reports.keep();
  await end();
  reports.ack({ t: "ack", applied: 6, programmed: 4 });
  reports.keep();
  await end();
  reports.keep(); // nothing is new
  expect(written).toEqual([
    [5, 3],
    [5, 4],
    [6, 4],
  ]);
});

test("a status that could not be kept is no obstacle for the next", async () => {
  const { reports, written, end } = setUp();
  reports.report(at(1));
  await end(new Error("lost"));
  reports.report(at(2));
  expect(written).toEqual([
    [1, 1],
    [2, 2],
  ]);
});
