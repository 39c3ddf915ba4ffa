/** What the lab answers to its control socket: who is meant, from where to what address, and what came of it. */
import type { ControlAnswers, ControlRequest, ProbeRequest, StreamRequest, ThroughputRequest } from "./control.ts";
import { mainPort, NODES, OUTSIDE, WORKLOADS } from "./shop.ts";
import type { End, LabStatus } from "./status.ts";
import { addressOf, findEnd } from "./status.ts";
import type { WorkloadProcess } from "./workload-process.ts";

/** The lab as it is at the moment of a request. */
export interface Running {
  readonly status: LabStatus;
  /** Undefined for what is no part of the lab, or not up yet. */
  readonly processOf: (name: string) => Pick<WorkloadProcess, "probe" | "stream" | "throughput"> | undefined;
}

/** Throws an Error in words for people. */
export async function answer(
  request: Exclude<ControlRequest, { readonly verb: "stop" }>,
  lab: Running,
): Promise<ControlAnswers[keyof ControlAnswers]> {
  switch (request.verb) {
    case "status":
      return lab.status;
    case "probe":
      return probe(request, lab);
    case "stream": {
      const { process, address } = way(request, lab);
      return process.stream({ address, port: request.port, intervalUs: request.intervalUs, count: request.count });
    }
    case "throughput": {
      const { process, address, to } = way(request, lab);
      const port = request.port ?? mainPort(to.ports)?.port ?? 0;
      return { bytesPerSecond: await process.throughput({ address, port, durationMs: request.durationMs }) };
    }
  }
}

function way({ from, to: target }: StreamRequest | ThroughputRequest, lab: Running) {
  const [source, to] = [endOf(lab, from), endOf(lab, target)];
  return { to, address: addressFor(to, undefined), process: processAt(lab, source) };
}

async function probe(
  { from, to, protocol, port, family, timeoutMs }: ProbeRequest,
  lab: Running,
): Promise<ControlAnswers["probe"]> {
  const [source, target] = [endOf(lab, from), endOf(lab, to)];
  const address = to === target.name || to.endsWith(`/${target.name}`) ? addressFor(target, family) : to;
  const number = protocol === "icmp" ? 0 : (port ?? mainPort(target.ports)?.port);
  if (number === undefined) throw new Error(`${target.name} has no port of its own: name one with --port`);
  const result = await processAt(lab, source).probe({ protocol, address, port: number, timeoutMs });
  const sourceAddress = addressOf(source, address.includes(":") ? 6 : 4);
  return { from: source.name, to: target.name, source: sourceAddress, address, port: number, protocol, result };
}

function endOf({ status }: Running, text: string): End {
  const found = findEnd(status, text);
  if (found !== undefined) return found;
  // An address that nobody here has can still be sent to.
  if (/^[\d.]+$|:/.test(text)) return { name: text, addresses: [text], ports: [] };
  const known = [...WORKLOADS, OUTSIDE, ...NODES].map(({ name }) => name).join(", ");
  throw new Error(`no workload, node or host called ${text}; there are ${known}`);
}

function processAt({ processOf }: Running, { name }: End): NonNullable<ReturnType<Running["processOf"]>> {
  const process = processOf(name);
  if (process === undefined) throw new Error(`cannot send from ${name}: not a part of the lab, or not up yet`);
  return process;
}

function addressFor(end: End, family: 4 | 6 | undefined): string {
  const address = addressOf(end, family ?? 4) ?? (family === undefined ? addressOf(end, 6) : undefined);
  if (address === undefined) throw new Error(`${end.name} has no IPv${family ?? 4} address`);
  return address;
}
