import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Attachments } from "./attachments.ts";
import type { Attachment } from "./attachments.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "percale-attachments-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const attachment = (containerID: string, ifName = "eth0"): Attachment => ({
  containerID,
  ifName,
  netns: "/run/netns/x",
  netnsId: "4:1",
  network: "net",
  handle: `net.${containerID}`,
  namespace: "default",
  endpoint: `n1-cni-${containerID}-eth0`,
  hostInterface: `cali${containerID}`,
  mac: "02:00:00:00:00:01",
  mtuBytes: 0,
  addresses: ["10.0.0.1"],
  routeTable: 254,
  allowIpForwarding: false,
});
const open = async () => {
  const told: string[] = [];
  const table = await Attachments.open(folder, (path) => told.push(path));
  return { table, told };
};

test("attachments outlive the process; ids of any length and form have files of their own", async () => {
  const { table } = await open();
  const all = [
    attachment("a"),
    attachment("a", "b.eth0"),
    attachment("a.b"),
    attachment("x".repeat(500)),
    attachment(`${"x".repeat(499)}y`),
  ];
  for (const one of all) await table.put(one);
  expect((await open()).table.list()).toHaveLength(all.length);
  for (const { containerID, ifName } of all) await table.delete({ containerID, ifName });
  expect((await open()).table.list()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("a record in a file of another name is found, and has its own from then on", async () => {
  const { table } = await open();
  await table.put(attachment("a"));
  renameSync(join(folder, "a:eth0.json"), join(folder, "a eth0.json"));
  writeFileSync(join(folder, "a:eth0.json.new"), "half"); // none of ours
  expect((await open()).table.list()).toEqual([attachment("a")]);
  expect(readdirSync(folder).sort()).toEqual(["a:eth0.json", "a:eth0.json.new"]);
});

test.each<[string, (path: string) => void]>([
  ["is empty", (path) => writeFileSync(path, "")],
  ["is torn", (path) => writeFileSync(path, '{"containerID":"b"')],
  ["is no object", (path) => writeFileSync(path, "null")],
  ["lacks a field", (path) => writeFileSync(path, '{"containerID":"b","ifName":"eth0"}')],
  [
    "has a field of another type",
    (path) => writeFileSync(path, JSON.stringify({ ...attachment("b"), addresses: "all" })),
  ],
  ["is not text", (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00]))],
  ["is a folder", (path) => mkdirSync(path)],
])("a record that %s is set aside and told, and the others are there", async (_name, spoil) => {
  const { table } = await open();
  await table.put(attachment("a"));
  spoil(join(folder, "b:eth0.json"));
  const { table: next, told } = await open();
  expect(next.list()).toEqual([attachment("a")]);
  expect(told).toEqual([join(folder, ".bad-b:eth0.json")]);
  expect((await open()).told).toEqual([]);
});
