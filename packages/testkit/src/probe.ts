import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { inNetns } from "@percale/kernel";

export interface ProbeOptions {
  readonly protocol: "tcp" | "udp" | "sctp" | "icmp" | number;
  readonly to: string;
  readonly port?: number;
  readonly from?: string;
  readonly sourcePort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** UDP payload bytes. */
  readonly size?: number;
  /** How long silence must last to count as denied. */
  readonly timeoutMs?: number;
}

export interface ProbeResult {
  readonly verdict: "allowed" | "denied" | "reset" | "unreachable";
  /** `address port` as the answering side saw us; "" where it cannot tell. */
  readonly seenAs: string;
}

const SOURCE = join(import.meta.dirname, "../native/probe.c");

/** Compiles native/probe.c once per content. */
export function buildProbe(): string {
  const directory = join(import.meta.dirname, "../build");
  const output = join(
    directory,
    `probe-${createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 16)}`,
  );
  if (existsSync(output)) return output;
  mkdirSync(directory, { recursive: true });
  const partial = `${output}.${process.pid}`;
  const { status, stderr } = spawnSync("cc", ["-O2", "-Wall", "-o", partial, SOURCE], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot build the probe: ${stderr}`);
  renameSync(partial, output);
  return output;
}

/** One real exchange of packets from inside the namespace. */
export async function probe(netns: string, options: ProbeOptions): Promise<ProbeResult> {
  const line = (await collect(spawnIn(netns, probeArguments(options)))).trim();
  const [verdict, ...rest] = line.split(" ");
  if (verdict !== "allowed" && verdict !== "denied" && verdict !== "reset" && verdict !== "unreachable")
    throw new Error(`probe ${JSON.stringify(options)} in ${netns}: ${line || "no answer"}`);
  return { verdict, seenAs: rest.join(" ") };
}

/** As `probe`, and nothing else happens in this process meanwhile. */
export function probeSync(netns: string, options: ProbeOptions): string {
  const program = buildProbe();
  const { stdout } = inNetns(netns, () => spawnSync(program, probeArguments(options), { encoding: "utf8" }));
  return stdout.trim().split(" ")[0]!;
}

/** New UDP connections at a steady rate; how many were answered. */
export async function stream(
  netns: string,
  options: { readonly to: string; readonly port: number; readonly count: number; readonly intervalUs: number },
): Promise<{ readonly sent: number; readonly answered: number }> {
  const { to, port, count, intervalUs } = options;
  const text = await collect(spawnIn(netns, ["stream", to, String(port), String(count), String(intervalUs)]));
  const [sent, answered] = text.split(" ").map(Number);
  if (sent === undefined || answered === undefined || Number.isNaN(answered)) throw new Error(`stream: ${text}`);
  return { sent, answered };
}

/** Answers `tcp/80`, `udp/80`, `raw/253`, … in the namespace until killed. Resolves once all are open. */
export async function listen(netns: string, specs: readonly string[]): Promise<ChildProcess> {
  const child = spawnIn(netns, ["listen", ...specs]);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once("data", (text: Buffer) => {
      if (text.toString().startsWith("ready")) resolve();
      else reject(new Error(`listener in ${netns}: ${text.toString()}`));
    });
    child.once("error", reject);
  });
  return child;
}

function spawnIn(netns: string, args: readonly string[]): ChildProcess {
  const program = buildProbe();
  return inNetns(netns, () => spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] }));
}

function probeArguments(o: ProbeOptions): string[] {
  const timeout = String(o.timeoutMs ?? 300);
  const fixed =
    o.protocol === "icmp"
      ? ["icmp", o.to, timeout]
      : typeof o.protocol === "number"
        ? ["raw", String(o.protocol), o.to, timeout]
        : [o.protocol, o.to, String(o.port), timeout];
  const named = { from: o.from, sport: o.sourcePort, size: o.size, type: o.icmpType, code: o.icmpCode };
  return [
    ...fixed,
    ...Object.entries(named).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])),
  ];
}

async function collect(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  return text;
}
