import { silentLogger } from "@percale/daemon";
import { memoryRecords } from "@percale/store/memory";
import { expect, test } from "vitest";
import type { ConditionView } from "../trpc/views.ts";
import { ConditionLog } from "./condition-log.ts";

const condition = (code: string): ConditionView => ({
  code,
  severity: "error",
  title: code,
  detail: "",
  advice: "",
  since: new Date().toISOString(),
  source: "n1",
});

function setUp() {
  const { settings } = memoryRecords();
  const world = { conditions: [] as ConditionView[], isWhole: true };
  const open = () => new ConditionLog({ settings, log: silentLogger, look: async () => world });
  const said = (log: ConditionLog) =>
    log.history().spells.map(({ code, until }) => `${code}${until === undefined ? "" : " over"}`);
  return { world, open, said, settings };
}

test("what was so is remembered by the next server too", async () => {
  const { world, open, said } = setUp();
  world.conditions = [condition("A"), condition("B")];
  const first = open();
  await first.look();
  world.conditions = [condition("B")];
  await first.look();
  const next = open();
  await next.look();
  expect([said(first), said(next)]).toEqual([
    ["A over", "B"],
    ["A over", "B"],
  ]);
});

test("what is seen while the database is away is kept once it is back", async () => {
  const { world, open, said, settings } = setUp();
  const log = open();
  world.conditions = [condition("A")];
  world.isWhole = false;
  await log.look();
  expect([said(log), await settings.get("conditions/spells")]).toEqual([["A"], undefined]);
  world.isWhole = true;
  await log.look();
  expect(await settings.get("conditions/spells")).toMatchObject([{ code: "A" }]);
});

test("a record that is none is begun anew", async () => {
  const { world, open, said, settings } = setUp();
  await settings.put("conditions/spells", { of: "another version" });
  world.conditions = [condition("A")];
  const log = open();
  await log.look();
  expect(said(log)).toEqual(["A"]);
});
