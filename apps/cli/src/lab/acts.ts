/** What `percale lab …` does. */
import { spawn } from "node:child_process";
import type { SpawnOptions } from "node:child_process";
import { closeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { didYouMean, openLogFile } from "@percale/daemon";
import type { CliConfig } from "../config.ts";
import { ROOTLESS_MARK } from "../config.ts";
import { labSocket } from "./places.ts";
import { exitCodes } from "@percale/protocol";
import { ExitError } from "../exit-error.ts";
import { readKubeconfig } from "../access/read-kubeconfig.ts";
import { renderColumns } from "../rest/table.ts";
import { explain, renderLadder } from "../why.ts";
import { parseChoice } from "../words.ts";
import type { ControlAnswers, ControlRequest, ProbeAnswer } from "./control.ts";
import { askLab, NoLabError } from "./control.ts";
import { healthInWords, readHealth, renderHealth } from "./health.ts";
import type { LabHealth } from "./health.ts";
import { rootlessRefusal, spawnRootless } from "./rootless.ts";
import type { LabStatus } from "./status.ts";
import { isReached } from "./workload-process.ts";
import type { Protocol } from "./workload-process.ts";

const POLL_MS = 150;
const PROBE_TIMEOUT_MS = 700;
const PROTOCOLS: { readonly [P in Protocol]: P } = { tcp: "tcp", udp: "udp", icmp: "icmp" };

/** What nodes and workloads there are, and what is wrong with them. */
export async function showStatus(config: CliConfig, { isJson }: { readonly isJson: boolean }): Promise<string> {
  const status = await ask(config, { verb: "status" });
  const health = await readHealth(config, status);
  return isJson ? `${JSON.stringify({ ...status, health }, undefined, 2)}\n` : renderStatus(status, health);
}

export async function up(config: CliConfig): Promise<void> {
  const running = await askIfRunning(config);
  if (running?.state === "ready") {
    console.log("The lab is up already.");
    return;
  }
  if (running === undefined) startDaemon(config);
  await followUp(config);
}

function startDaemon({ root, dataDir, environment }: CliConfig): void {
  const isRoot = process.getuid?.() === 0;
  const refusal = isRoot ? undefined : rootlessRefusal();
  if (refusal !== undefined)
    throw new ExitError(`the lab needs root or a user namespace, and this machine refuses one: ${refusal}`);
  const log = openLogFile(join(dataDir, "logs", "lab.log"));
  const argv = [join(root, "node_modules/.bin/node"), join(root, "apps/cli/src/lab/daemon.ts")];
  const env = { ...environment, PERCALE_DATA: dataDir, ...(!isRoot && { [ROOTLESS_MARK]: "1" }) };
  const options: SpawnOptions = { stdio: ["ignore", log, log], detached: true, env };
  const child = isRoot ? spawn(argv[0]!, argv.slice(1), options) : spawnRootless(argv, options);
  child.unref();
  closeSync(log);
}

/** Prints each step once, until the lab is ready or its daemon has ended. */
async function followUp(config: CliConfig): Promise<void> {
  let said = "";
  for (let missed = 0; ; await delay(POLL_MS)) {
    const status = await askIfRunning(config);
    missed = status === undefined ? missed + 1 : 0;
    if (missed * POLL_MS > 5_000)
      throw new ExitError(`the lab did not come up: see ${join(config.dataDir, "logs", "lab.log")}`);
    if (status === undefined) continue;
    if (status.progress !== said) console.log(`  ${status.progress}`);
    said = status.progress;
    if (status.state === "ready") return;
  }
}

export async function down(config: CliConfig): Promise<void> {
  if ((await askIfRunning(config)) !== undefined) {
    await ask(config, { verb: "stop" });
  } else if (process.getuid?.() === 0) {
    const { removeLeftovers } = await import("./leftovers.ts");
    const { labId } = await import("./places.ts");
    await removeLeftovers(labId(config.dataDir));
  }
  console.log("The lab is down.");
}

export async function probe(
  config: CliConfig,
  options: {
    readonly from: string;
    readonly to: string;
    readonly port?: number;
    readonly proto: string;
    readonly ipv6?: true;
  },
): Promise<number> {
  const { allowed, denied, untried } = exitCodes["percale lab probe"];
  const { from, to, port } = options;
  const protocol = parseChoice("--proto", options.proto, PROTOCOLS);
  const answer = await ask(config, {
    verb: "probe",
    from,
    to,
    protocol,
    timeoutMs: PROBE_TIMEOUT_MS,
    ...(port !== undefined && { port }),
    ...(options.ipv6 === true && { family: 6 as const }),
  });
  const { result } = answer;
  if (result.kind === "error") throw new ExitError(`could not try: ${result.detail}`, { code: untried.code });
  console.log(renderProbe(answer));
  await tellReason(config, answer);
  return isReached(result) ? allowed.code : denied.code;
}

/** What the evaluator says beside what the kernel did; the probe stands without it. */
async function tellReason(config: CliConfig, { source, address, port, protocol }: ProbeAnswer): Promise<void> {
  if (source === undefined) return;
  const names = { tcp: "TCP", udp: "UDP", icmp: address.includes(":") ? "ICMPv6" : "ICMP" } as const;
  const what = { protocol: names[protocol], ...(protocol !== "icmp" && { port }) };
  try {
    const reason = await explain(readKubeconfig(config.kubeconfig), { from: source, to: address, ...what });
    process.stdout.write(renderLadder(reason));
  } catch {
    // no API just now
  }
}

export function renderProbe({ from, to, source, address, port, protocol, result }: ProbeAnswer): string {
  const target = protocol === "icmp" ? address : address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const way = `${from} (${source ?? "?"}) → ${to} ${protocol} ${target}`;
  switch (result.kind) {
    case "open":
      return `allowed  ${way}: answered in ${result.tookMs.toFixed(1)} ms`;
    case "closed":
      return `allowed  ${way}: reached in ${result.tookMs.toFixed(1)} ms, nothing listens there`;
    case "rejected":
      return `denied   ${way}: refused on the way after ${result.tookMs.toFixed(1)} ms`;
    case "timeout":
      return `denied   ${way}: no answer in ${result.tookMs.toFixed(0)} ms`;
    case "error":
      return `error    ${way}: ${result.detail}`;
  }
}

export async function exec(config: CliConfig, name: string, command: readonly string[]): Promise<number> {
  const status = await ask(config, { verb: "status" });
  const found =
    status.workloads.find((one) => one.name === name || `${one.namespace}/${one.name}` === name) ??
    (status.outside?.name === name ? status.outside : undefined);
  if (found === undefined) {
    const known = status.workloads.map((one) => one.name);
    throw new ExitError(`no workload called ${name}; there are ${known.join(", ")}${didYouMean(name, known)}`, {
      code: exitCodes["percale lab"].absent.code,
    });
  }
  const enter = [
    "--target",
    String(found.pid),
    "--net",
    ...(status.rootless ? ["--user", "--mount", "--preserve-credentials"] : []),
  ];
  const child = spawn("nsenter", [...enter, "--", ...command], { stdio: "inherit" });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("error", reject);
  child.on("exit", (code) => resolve(code ?? 1));
  return promise;
}

export function renderStatus({ state, progress, nodes, workloads, outside }: LabStatus, health: LabHealth): string {
  const nodeRows = nodes.map(({ name, addresses, agent, agentPid, agentRestarts }) => [
    name,
    addresses.join(", "),
    agent,
    String(agentPid ?? "-"),
    String(agentRestarts),
  ]);
  const ends = [...workloads, ...(outside === undefined ? [] : [{ ...outside, namespace: "-", node: "-" }])];
  const rows = ends.map(({ name, namespace, node, addresses, ports }) => [
    name,
    namespace,
    node,
    addresses.join(", "),
    ports.map(({ port }) => port).join(", "),
  ]);
  return [
    `Lab: ${state === "ready" ? "ready" : `${state}, ${progress}`}${healthInWords(health)}\n`,
    ...(renderHealth(health) === "" ? [] : [renderHealth(health)]),
    renderColumns([["NODE", "ADDRESSES", "AGENT", "PID", "RESTARTS"], ...nodeRows]),
    renderColumns([["WORKLOAD", "NAMESPACE", "NODE", "ADDRESSES", "PORTS"], ...rows]),
  ].join("\n");
}

async function ask<R extends ControlRequest>(config: CliConfig, request: R): Promise<ControlAnswers[R["verb"]]> {
  try {
    return await askLab(labSocket(config.dataDir), request);
  } catch (cause) {
    throw new ExitError(cause instanceof Error ? cause.message : String(cause), {
      code: exitCodes["percale lab"].absent.code,
      cause,
    });
  }
}

async function askIfRunning(config: CliConfig): Promise<LabStatus | undefined> {
  try {
    return await askLab(labSocket(config.dataDir), { verb: "status" });
  } catch (error) {
    if (error instanceof NoLabError) return undefined;
    throw error;
  }
}
