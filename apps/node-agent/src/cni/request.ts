import { z } from "zod";
import { isDnsLabel, isSubdomain } from "@percale/resources";
import { CniCode, CniError } from "./errors.ts";

/** Versions of the CNI specification that we speak, oldest first. */
export const CNI_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

const NEWEST = "1.1.0";
/** A configuration without a version is older than the field. */
const UNSAID = "0.2.0";

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

export type NetworkConfig = z.output<typeof networkConfig>;

const text = z.string();
const networkConfig = z.looseObject({
  cniVersion: text.default(UNSAID),
  name: text.regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, "must be letters, digits, _ . -"),
  /** Bytes; 0 takes the kernel's default. */
  mtu: z.union([z.literal(0), z.int().min(68).max(65_535)], "must be 0, or 68 to 65535").default(0),
  ipam: z
    .looseObject({
      assign_ipv4: z.enum(["true", "false"]).default("true"),
      assign_ipv6: z.enum(["true", "false"]).default("false"),
      ipv4_pools: z.array(text).default([]),
      ipv6_pools: z.array(text).default([]),
    })
    .prefault({}),
  container_settings: z.looseObject({ allow_ip_forwarding: z.boolean().default(false) }).prefault({}),
  /** Upper bound on the wait for the endpoint's policy; 0 does not wait. */
  policy_setup_timeout_seconds: z.number().min(0).default(10),
  /** What an orchestrator without an API of its own knows about the workload. */
  args: z
    .looseObject({
      percale: z
        .looseObject({
          labels: z.record(text, text).default({}),
          ports: z
            .array(z.strictObject({ name: text, protocol: z.enum(["TCP", "UDP", "SCTP"]), port: z.int() }))
            .default([]),
          serviceAccount: text.optional(),
        })
        .prefault({}),
    })
    .prefault({}),
  "cni.dev/valid-attachments": z.array(z.looseObject({ containerID: text, ifname: text })).optional(),
});

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
    const { cniVersion = UNSAID } = JSON.parse(splitPost(post).config) as { readonly cniVersion?: unknown }; // null throws
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
  const parsed = networkConfig.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CniError(CniCode.config, "the network configuration is invalid", faults.join("; "));
  }
  const config = parsed.data;
  if (!CNI_VERSIONS.some((version) => version === config.cniVersion))
    throw new CniError(
      CniCode.version,
      `unsupported CNI version ${config.cniVersion}`,
      `supported: ${CNI_VERSIONS.join(" ")}`,
    );
  const args = parseArgs(env.get("CNI_ARGS") ?? "");
  const [namespace, name, uid] = ["K8S_POD_NAMESPACE", "K8S_POD_NAME", "K8S_POD_UID"].map((key) => args.get(key));
  if (namespace !== undefined && !isDnsLabel(namespace))
    throw new CniError(CniCode.environment, "K8S_POD_NAMESPACE must be a namespace's name", namespace);
  if (name !== undefined && !isSubdomain(name))
    throw new CniError(CniCode.environment, "K8S_POD_NAME must be a pod's name", name);
  return {
    command: env.get("CNI_COMMAND") as CniCommand, // the client checked it
    cniVersion: config.cniVersion,
    network: config.name,
    containerID: env.get("CNI_CONTAINERID") ?? "",
    ifName: env.get("CNI_IFNAME") ?? "",
    netns: env.get("CNI_NETNS") ?? "",
    netnsOverride: /^(1|true)$/i.test(env.get("CNI_NETNS_OVERRIDE") ?? ""),
    ...(namespace !== undefined &&
      name !== undefined && { pod: { namespace, name, ...(uid !== undefined && { uid }) } }),
    ...(args.has("IP") && { address: args.get("IP") }),
    config,
    post,
  };
}

function parseArgs(text: string): Map<string, string> {
  const args = new Map(
    text
      .split(";")
      .filter((pair) => pair !== "")
      .map((pair): [string, string] => {
        const equals = pair.indexOf("=");
        if (equals < 0) throw new CniError(CniCode.environment, "CNI_ARGS must be K=V;K=V", pair);
        return [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
  );
  const unknown = [...args.keys()].find((key) => !KNOWN_ARGS.has(key));
  if (unknown !== undefined && !/^(1|true)$/i.test(args.get("IgnoreUnknown") ?? ""))
    throw new CniError(CniCode.environment, "CNI_ARGS has an unknown key; IgnoreUnknown=1 would allow it", unknown);
  return args;
}
