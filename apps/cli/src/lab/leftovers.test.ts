import { spawn } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { LAB_MARK } from "../config.ts";
import { labNamespaces, labProcesses, removeLeftovers } from "./leftovers.ts";

const start = async (lab: string, script: string) => {
  const child = spawn("sh", ["-c", `${script}; echo up; while :; do sleep 0.05; done`], {
    env: { ...process.env, [LAB_MARK]: lab },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  return { pid: child.pid!, ended };
};

test("processes of a lab that was killed are ended, those that don't listen too, and another lab's are left alone", async () => {
  const other = await start("tst0ab", ":");
  try {
    const [polite, deaf] = [await start("tst0aa", ":"), await start("tst0aa", "trap '' TERM")];
    // Their `sleep`s are marked as well.
    expect(labProcesses("tst0aa", new Set())).toEqual(expect.arrayContaining([polite.pid, deaf.pid]));
    expect(labProcesses("tst0aa", new Set())).not.toContain(other.pid);
    const { processes, namespaces } = await removeLeftovers("tst0aa");
    expect(processes).toBeGreaterThanOrEqual(2);
    expect(namespaces).toBe(0);
    expect([(await polite.ended)[1], (await deaf.ended)[1]]).toStrictEqual(["SIGTERM", "SIGKILL"]);
    expect(labProcesses("tst0ab", new Set())).toContain(other.pid);
  } finally {
    process.kill(other.pid, "SIGKILL");
    await other.ended;
  }
});

test("where there is nothing, nothing is removed", async () => {
  expect(await removeLeftovers("tst0ac")).toStrictEqual({ processes: 0, namespaces: 0 });
  expect(labNamespaces("tst0ac")).toStrictEqual([]);
});

test("this process and those above it are never the lab's, whatever namespace they are in", async () => {
  const own = Number(/\d+/.exec(readlinkSync("/proc/self/ns/net"))![0]);
  const found = labProcesses("tst0ad", new Set([own]));
  expect(found).not.toContain(process.pid);
  expect(found).not.toContain(process.ppid);
  const child = spawn("sleep", ["60"]);
  try {
    await once(child, "spawn");
    expect(labProcesses("tst0ad", new Set([own]))).toContain(child.pid);
  } finally {
    child.kill("SIGKILL");
  }
});
