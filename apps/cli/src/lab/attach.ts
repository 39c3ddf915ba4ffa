/** Attaches a namespace the way a container runtime does: the CNI executable, its environment, a network configuration on stdin. */
import { spawn } from "node:child_process";
import { LAB_MARK } from "../config.ts";
import type { LabWorkload } from "./shop.ts";

export interface Attachment {
  /** The CNI executable. */
  readonly program: string;
  readonly socket: string;
  readonly labId: string;
  readonly netnsPath: string;
  readonly workload: LabWorkload;
}

interface CniResult {
  readonly ips?: readonly { readonly address: string }[];
}
interface CniError {
  readonly code: number;
  readonly msg: string;
  readonly details?: string;
}

/** Returns the workload's addresses without prefix lengths. Throws with the plugin's own message. */
export async function attach(attachment: Attachment): Promise<string[]> {
  const result = (await runCni("ADD", attachment)) as CniResult;
  return (result.ips ?? []).map(({ address }) => address.split("/")[0]!);
}

/** Idempotent, as CNI's DEL is. */
export async function detach(attachment: Attachment): Promise<void> {
  await runCni("DEL", attachment);
}

/** Letters, digits and dashes: the endpoint's containerID allows nothing else. */
export function containerId({ labId, workload }: Pick<Attachment, "labId" | "workload">): string {
  return `lab-${labId}-${workload.name}`;
}

async function runCni(command: "ADD" | "DEL", attachment: Attachment): Promise<unknown> {
  const { program, socket, labId, netnsPath, workload } = attachment;
  const child = spawn(program, {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      [LAB_MARK]: labId,
      PERCALE_CNI_SOCKET: socket,
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId(attachment),
      CNI_NETNS: netnsPath,
      CNI_IFNAME: "eth0",
      CNI_PATH: program.slice(0, program.lastIndexOf("/")),
      CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${workload.namespace};K8S_POD_NAME=${workload.name}`,
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let output = "";
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (output += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (said += String(chunk)));
  child.on("error", (cause) =>
    reject(new Error(`${program} does not start: npm start builds it, given a C compiler`, { cause })),
  );
  child.on("close", (code) => resolve(code ?? 1));
  child.stdin.on("error", () => undefined); // it ended without reading: its answer says why
  child.stdin.end(JSON.stringify(networkConfig(workload)));
  const code = await promise;
  if (code === 0) return output.trim() === "" ? {} : JSON.parse(output);
  throw new Error(`CNI ${command} of ${workload.name}: ${errorText(output) ?? (said.trim() || `exit ${code}`)}`);
}

function networkConfig({ labels, ports }: LabWorkload): unknown {
  return {
    cniVersion: "1.0.0",
    name: "percale",
    type: "percale-cni",
    ipam: { type: "calico-ipam", assign_ipv4: "true", assign_ipv6: "true" },
    policy: { type: "k8s" },
    // No kubelet and no pod object here: what would come from the pod is in the configuration.
    args: { percale: { labels, ports } },
  };
}

function errorText(output: string): string | undefined {
  try {
    const { msg, details = "" } = JSON.parse(output) as CniError;
    return details === "" ? msg : `${msg}: ${details}`;
  } catch {
    return undefined;
  }
}
