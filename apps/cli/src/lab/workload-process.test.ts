import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { converse, isReached, parseProbe } from "./workload-process.ts";
import type { ProbeResult } from "./workload-process.ts";

/** A program that speaks as the native one does: says it is ready, then answers as the shell says. */
const speaks = (script: string) => converse("cart", spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "pipe"] }));
const TARGET = { protocol: "tcp", address: "10.0.0.1", port: 80, timeoutMs: 699.5 } as const;

test.each<[words: string, result: ProbeResult]>([
  ["open 1500 cart-2 on node", { kind: "open", tookMs: 1.5, answeredBy: "cart-2 on node" }],
  ["closed 500", { kind: "closed", tookMs: 0.5 }],
  ["rejected 500", { kind: "rejected", tookMs: 0.5 }],
  ["timeout 700000", { kind: "timeout", tookMs: 700 }],
  ["error 0 no such device", { kind: "error", detail: "no such device" }],
  ["", { kind: "error", detail: "no answer" }],
])("the program's words %j are a result", (words, result) => {
  expect(parseProbe(words === "" ? [] : words.split(" "))).toStrictEqual(result);
  expect(isReached(result)).toBe(result.kind === "open" || result.kind === "closed");
});

test("answers find their questions in any order", async () => {
  const workload = await speaks(`echo ready; read a; read b; echo "2 open 2000 $b"; echo "1 open 1000 $a"; read end`);
  const [first, second] = await Promise.all([workload.probe(TARGET), workload.probe({ ...TARGET, protocol: "udp" })]);
  expect(first).toStrictEqual({ kind: "open", tookMs: 1, answeredBy: "1 probe tcp 10.0.0.1 80 700" });
  expect(second).toStrictEqual({ kind: "open", tookMs: 2, answeredBy: "2 probe udp 10.0.0.1 80 700" });
  await workload.close();
  expect(await workload.probe(TARGET)).toStrictEqual({ kind: "error", detail: "the workload ended" });
});

test("a stream and a blast are told in milliseconds and bytes per second", async () => {
  const answers =
    'read a; echo "1 stream 10 9 2500"; read b; echo "2 blast 3000 1500"; read c; echo "3 error 0 no"; cat';
  const workload = await speaks(`echo ready; ${answers}`);
  const stream = { address: "10.0.0.1", port: 53, intervalUs: 100, count: 10 };
  const blast = { address: "10.0.0.1", port: 80, durationMs: 5 };
  expect(await workload.stream(stream)).toStrictEqual({ sent: 10, echoed: 9, longestGapMs: 2.5 });
  expect(await workload.throughput(blast)).toBe(2_000_000);
  await expect(workload.stream(stream)).rejects.toThrow("stream from cart failed: 0 no");
  await workload.close();
});

test("what was asked of a program that ends is answered, and the ending is told", async () => {
  const workload = await speaks("echo ready; read a");
  expect(workload).toMatchObject({ name: "cart", pid: expect.any(Number) });
  expect(await workload.probe(TARGET)).toStrictEqual({ kind: "error", detail: "the workload ended" });
  await workload.ended;
  await expect(workload.throughput({ address: "10.0.0.1", port: 1, durationMs: 1 })).rejects.toThrow(
    "throughput from cart failed: 0 the workload ended",
  );
});

test.each([
  ["its own words", "echo the port is taken >&2", "workload cart ended: the port is taken"],
  ["that there were none", "true", "workload cart ended: no word"],
])("a program that never gets ready is refused with %s", async (_, script, words) => {
  await expect(speaks(script)).rejects.toThrow(words);
});
