import { isDnsLabel, isSubdomain } from "@percale/resources";
import { networkConfig, UNSAID_VERSION } from "./config.ts";
import type { NetworkConfig } from "./config.ts";
import { CniCode } from "@percale/protocol";
import { CniError } from "./errors.ts";

/** Versions of the CNI specification that we speak, oldest first. */
export const CNI_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

const NEWEST = "1.1.0";

export type CniCommand = "ADD" | "DEL" | "CHECK" | "STATUS" | "GC";

/** What a call asks for, checked. */
export interface CniRequest {
  readonly command: CniCommand;
  readonly cniVersion: string;
  readonly network: string;
  readonly containerID: string;
  readonly ifName: string;
  /** Path; empty when a DEL comes after the namespace has gone. */
  readonly netns: string;
  /** CNI_NETNS_OVERRIDE: the namespace is meant, even if it is the plugin's own. */
  readonly netnsOverride: boolean;
  /** Set when Kubernetes' variables are: the workload is a pod. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid?: string } | undefined;
  /** `CNI_ARGS` `IP=`: that address and no other. */
  readonly address?: string | undefined;
  readonly config: NetworkConfig;
  /** As the client sent it. */
  readonly post: Buffer;
}

const KNOWN_ARGS = new Set([
  "IgnoreUnknown",
  "IP",
  "K8S_POD_NAMESPACE",
  "K8S_POD_NAME",
  "K8S_POD_INFRA_CONTAINER_ID",
  "K8S_POD_UID",
]);

/** Splits what the client posted: `KEY=VALUE` NUL…, an empty string, the configuration. */
export function splitPost(post: Buffer): { readonly env: ReadonlyMap<string, string>; readonly config: string } {
  const env = new Map<string, string>();
  let at = 0;
  for (;;) {
    const end = post.indexOf(0, at);
    if (end < 0) throw new CniError(CniCode.io, "the request ends inside its variables");
    if (end === at) break;
    const entry = post.toString("utf8", at, end);
    const equals = entry.indexOf("=");
    env.set(entry.slice(0, equals), entry.slice(equals + 1));
    at = end + 1;
  }
  return { env, config: post.toString("utf8", at + 1) };
}

/** The version that a call asks for, whatever else is wrong with it: errors are told in it. */
export function versionAsked(post: Buffer): string {
  try {
    const { cniVersion = UNSAID_VERSION } = JSON.parse(splitPost(post).config) as { readonly cniVersion?: unknown }; // null throws
    return typeof cniVersion === "string" ? cniVersion : NEWEST;
  } catch {
    return NEWEST;
  }
}

/** Throws CniError for what cannot be served. */
export function parseRequest(post: Buffer): CniRequest {
  const { env, config: configText } = splitPost(post);
  let json: unknown;
  try {
    json = JSON.parse(configText);
  } catch (error) {
    throw new CniError(CniCode.decode, "the network configuration is not JSON", String(error));
  }
  const command = env.get("CNI_COMMAND") as CniCommand; // the client checked it
  // What an ADD was refused for must not keep its DEL from succeeding: a runtime calls that for ever.
  const isCleanup = command === "DEL" || command === "GC";
  const config = parseConfig(json, isCleanup);
  const args = parseArgs(env.get("CNI_ARGS") ?? "", isCleanup);
  const pod = podOf(args);
  if (pod !== undefined && "fault" in pod && !isCleanup)
    throw new CniError(CniCode.environment, "CNI_ARGS names no pod", pod.fault);
  const address = args.get("IP");
  return {
    command,
    cniVersion: config.cniVersion,
    network: config.name,
    containerID: env.get("CNI_CONTAINERID") ?? "",
    ifName: env.get("CNI_IFNAME") ?? "",
    netns: env.get("CNI_NETNS") ?? "",
    netnsOverride: /^(1|true)$/i.test(env.get("CNI_NETNS_OVERRIDE") ?? ""),
    ...(pod !== undefined && !("fault" in pod) && { pod }),
    ...(address !== undefined && { address }),
    config,
    post,
  };
}

function parseConfig(json: unknown, isCleanup: boolean): NetworkConfig {
  const parsed = networkConfig.safeParse(json);
  if (!parsed.success && isCleanup && json !== null && typeof json === "object") {
    const { name, cniVersion, "cni.dev/valid-attachments": valid } = json as Readonly<Record<string, unknown>>; // checked below
    const least = networkConfig.safeParse({ name, cniVersion, "cni.dev/valid-attachments": valid });
    if (least.success) return least.data;
  }
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CniError(CniCode.config, "the network configuration is invalid", faults.join("; "));
  }
  const { cniVersion } = parsed.data;
  if (!CNI_VERSIONS.some((version) => version === cniVersion))
    throw new CniError(
      CniCode.version,
      `unsupported CNI version ${cniVersion}`,
      `supported: ${CNI_VERSIONS.join(" ")}`,
    );
  return parsed.data;
}

/** Undefined outside Kubernetes. */
function podOf(
  args: ReadonlyMap<string, string>,
): NonNullable<CniRequest["pod"]> | { readonly fault: string } | undefined {
  const [namespace, name, uid] = ["K8S_POD_NAMESPACE", "K8S_POD_NAME", "K8S_POD_UID"].map((key) => args.get(key));
  if (namespace === undefined || name === undefined) return undefined;
  if (!isDnsLabel(namespace)) return { fault: `K8S_POD_NAMESPACE must be a namespace's name, got ${namespace}` };
  if (!isSubdomain(name)) return { fault: `K8S_POD_NAME must be a pod's name, got ${name}` };
  return { namespace, name, ...(uid !== undefined && { uid }) };
}

function parseArgs(text: string, isCleanup: boolean): Map<string, string> {
  const args = new Map(
    text
      .split(";")
      .filter((pair) => pair !== "")
      .map((pair): [string, string] => {
        const equals = pair.indexOf("=");
        if (equals < 0 && isCleanup) return [pair, ""];
        if (equals < 0) throw new CniError(CniCode.environment, "CNI_ARGS must be K=V;K=V", pair);
        return [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
  );
  const unknown = [...args.keys()].find((key) => !KNOWN_ARGS.has(key));
  if (unknown !== undefined && !isCleanup && !/^(1|true)$/i.test(args.get("IgnoreUnknown") ?? ""))
    throw new CniError(CniCode.environment, "CNI_ARGS has an unknown key; IgnoreUnknown=1 would allow it", unknown);
  return args;
}
