import { silentLogger } from "@percale/daemon";
import { serviceUnavailable } from "@percale/resources";
import { memoryRecords, MemoryStore } from "@percale/store/memory";
import { expect, test } from "vitest";
import { Judge } from "../policy/judge.ts";
import { Lab } from "./lab.ts";

test("probes are shown at once though the database is away", async () => {
  const { settings } = memoryRecords();
  const away = { ...settings, get: () => Promise.reject(serviceUnavailable("away")) };
  const lab = new Lab({ settings: away, judge: new Judge({ store: new MemoryStore(), log: silentLogger }) }).services();
  const probe = { from: "web", to: "db", proto: "tcp", port: 80, allowed: true, at: "2026-11-30T00:00:00.000Z" };
  await lab.report({ workloads: [], probes: [probe] });
  expect((await lab.matrix()).probes).toEqual([probe]);
});
