import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import { DeletionQueue } from "./deletion-queue.ts";
import { parseRequest } from "./request.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "percale-queue-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "deletions");
}

const open = (directory: string) => DeletionQueue.open({ directory, log: silentLogger });
const post = (containerID: string, ifName = "eth0", network = "net") =>
  Buffer.from(`CNI_COMMAND=DEL\0CNI_CONTAINERID=${containerID}\0CNI_IFNAME=${ifName}\0\0{"name":"${network}"}`);
const request = (...of: Parameters<typeof post>) => parseRequest(post(...of));
const names = async (queue: DeletionQueue) =>
  (await queue.list()).map(({ containerID, ifName, network }) => `${containerID} ${ifName} ${network}`).sort();

test("what waits outlives the process, until it is done", async () => {
  const directory = newFolder();
  const queue = await open(directory);
  for (const one of [request("a"), request("a", "eth1"), request("b")]) await queue.put(one);
  const again = await open(directory);
  expect(await names(again)).toEqual(["a eth0 net", "a eth1 net", "b eth0 net"]);
  expect([
    (await again.find({ containerID: "a", ifName: "eth1" }))?.ifName,
    await again.find({ containerID: "b", ifName: "eth1" }),
  ]).toEqual(["eth1", undefined]);
  await again.drop({ containerID: "a", ifName: "eth0" });
  expect(await names(queue)).toEqual(["a eth1 net", "b eth0 net"]);
});

test("a later deletion of the same interface takes the place of an earlier one", async () => {
  const queue = await open(newFolder());
  await queue.put(request("a", "eth0", "old"));
  await queue.put(request("a", "eth0", "new"));
  expect(await names(queue)).toEqual(["a eth0 new"]);
});

test("what cannot be read is set aside, and the rest is there", async () => {
  const directory = newFolder();
  await (await open(directory)).put(request("a"));
  writeFileSync(join(directory, "b:eth0"), "half a req");
  const queue = await open(directory);
  expect([await names(queue), await queue.setAside()]).toEqual([["a eth0 net"], [join(directory, ".bad-b:eth0")]]);
});

test("as many wait as the client would queue; one of those may still be replaced", async () => {
  const directory = newFolder();
  const queue = await open(directory);
  for (let i = 0; i < 256; i++) writeFileSync(join(directory, `c${i}:eth0`), post(`c${i}`));
  await queue.put(request("c7"));
  await expect(queue.put(request("one-more"))).rejects.toMatchObject({
    message: "256 deletions wait already",
    details: directory,
  });
  expect(readdirSync(directory)).toHaveLength(256);
});
