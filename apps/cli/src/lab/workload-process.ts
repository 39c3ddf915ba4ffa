/** The native workload program: listens, answers its name, and probes on command without a process per probe. */
import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { inNetns } from "@percale/kernel";

export type Protocol = "tcp" | "udp" | "icmp";

/** `open`: answered. `closed`: the host was reached, nothing listens. `rejected`, `timeout`: something on the way said no, or nothing. */
export type ProbeResult =
  | { readonly kind: "open"; readonly tookMs: number; readonly answeredBy: string }
  | { readonly kind: "closed" | "rejected" | "timeout"; readonly tookMs: number }
  | { readonly kind: "error"; readonly detail: string };

export interface ProbeTarget {
  readonly protocol: Protocol;
  readonly address: string;
  /** Ignored for icmp. */
  readonly port: number;
  readonly timeoutMs: number;
}

export interface WorkloadOptions {
  /** The program, built from native/. */
  readonly program: string;
  readonly netns: string;
  readonly name: string;
  /** `tcp:8080`, `udp:53`. */
  readonly listen: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface WorkloadProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the program has ended, whatever the reason. */
  readonly ended: Promise<void>;
  probe(target: ProbeTarget): Promise<ProbeResult>;
  /** Numbered UDP datagrams at a steady pace to an echoing port; resolves half a second after the last. */
  stream(target: {
    readonly address: string;
    readonly port: number;
    readonly intervalUs: number;
    readonly count: number;
  }): Promise<{ readonly sent: number; readonly echoed: number; readonly longestGapMs: number }>;
  /** One TCP connection as fast as it goes; bytes that the other side acknowledged per second. */
  throughput(target: { readonly address: string; readonly port: number; readonly durationMs: number }): Promise<number>;
  close(): Promise<void>;
}

/** Resolves once it listens. Rejects if it cannot: a port is taken, the namespace is gone. */
export async function startWorkload({ program, netns, name, listen, env }: WorkloadOptions): Promise<WorkloadProcess> {
  const stdio: ["pipe", "pipe", "pipe"] = ["pipe", "pipe", "pipe"];
  const start = () => spawn(program, [name, ...listen], { stdio, ...(env !== undefined && { env }) });
  return converse(name, inNetns(netns, start));
}

/** The program's half of the talk is in native/: a line each way, `<id> <words>`, and `ready` at first. */
export async function converse(name: string, child: ChildProcessWithoutNullStreams): Promise<WorkloadProcess> {
  const waiting = new Map<string, (words: string[]) => void>();
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(String(chunk)));
  child.stdin.on("error", () => undefined); // ended: `ended` tells
  const ended = endOf(child);
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [id = "", ...words] = line.split(" ");
    if (id === "ready") ready.resolve();
    waiting.get(id)?.(words);
    waiting.delete(id);
  });
  child.once("close", () => {
    ready.reject(new Error(`workload ${name} ended: ${said.join("").trim() || "no word"}`));
    for (const answer of waiting.values()) answer(["error", "0", "the workload ended"]);
    waiting.clear();
  });
  await ready.promise;

  let lastId = 0;
  const ask = async (...words: readonly (string | number)[]): Promise<string[]> => {
    if (child.exitCode !== null || child.signalCode !== null) return ["error", "0", "the workload ended"];
    const { promise, resolve } = Promise.withResolvers<string[]>();
    const id = String(++lastId);
    waiting.set(id, resolve);
    child.stdin.write(`${id} ${words.join(" ")}\n`);
    return promise;
  };
  return {
    name,
    pid: child.pid!, // it said that it is ready
    ended,
    probe: async ({ protocol, address, port, timeoutMs }) =>
      parseProbe(await ask("probe", protocol, address, port, Math.ceil(timeoutMs))),
    stream: async ({ address, port, intervalUs, count }) => {
      const [verb, sent, echoed, gapUs] = await ask("stream", address, port, intervalUs, count);
      if (verb !== "stream") throw new Error(`stream from ${name} failed: ${[sent, echoed, gapUs].join(" ")}`);
      return { sent: Number(sent), echoed: Number(echoed), longestGapMs: Number(gapUs) / 1000 };
    },
    throughput: async ({ address, port, durationMs }) => {
      const [verb, bytes, us] = await ask("blast", address, port, durationMs);
      if (verb !== "blast") throw new Error(`throughput from ${name} failed: ${bytes} ${us}`);
      return (Number(bytes) / Number(us)) * 1e6;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

export function parseProbe(words: readonly string[]): ProbeResult {
  const [kind, us, ...rest] = words;
  const tookMs = Number(us) / 1000;
  switch (kind) {
    case "open":
      return { kind, tookMs, answeredBy: rest.join(" ") };
    case "closed":
    case "rejected":
    case "timeout":
      return { kind, tookMs };
    case undefined:
    default: // its own words
      return { kind: "error", detail: rest.join(" ") || "no answer" };
  }
}

/** A packet got through to the host, whether or not something listens there. */
export function isReached(result: ProbeResult): boolean {
  switch (result.kind) {
    case "open":
    case "closed":
      return true;
    case "rejected":
    case "timeout":
    case "error":
      return false;
  }
}

async function endOf(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("close", () => resolve());
  child.once("error", () => resolve());
  return promise;
}
