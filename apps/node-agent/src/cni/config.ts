import { z } from "zod";
import { CniCode } from "@percale/protocol";
import { brief } from "@percale/resources";
import { CniError } from "./errors.ts";

/** A configuration without a version is older than the field. */
export const UNSAID_VERSION = "0.2.0";

/** The native client waits a little longer, a runtime longer still; past 2^31 ms a timer would not wait at all. */
const MAX_POLICY_WAIT_SECONDS = 100;

const text = z.string();

/** What this plugin acts on. Everything else is for `refuseUnsupported`. */
export const networkConfig = z.looseObject({
  cniVersion: text.default(UNSAID_VERSION),
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
  policy_setup_timeout_seconds: z
    .number()
    .min(0)
    .transform((seconds) => Math.min(seconds, MAX_POLICY_WAIT_SECONDS))
    .default(10),
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
export type NetworkConfig = z.output<typeof networkConfig>;

/**
 * Code 7 for a setting that would change what ADD does and that nobody here acts on: a network must not come up another way than
 * its configuration says. Unknown settings may be anything, so they are refused, too (as the CNI specification allows).
 */
export function refuseUnsupported(config: NetworkConfig, node: string): void {
  const rules: Rules = { ...RULES, nodename: oneOf(node), hostname: oneOf(node) };
  const faults = faultsOf(config, rules, "");
  if (faults.length > 0)
    throw new CniError(
      CniCode.config,
      "the network configuration asks for what this plugin cannot do",
      faults.join("; "),
    );
}

/** Undefined if the value is fine; what it must be otherwise. */
type Rule = (value: unknown) => string | undefined;
/** `*`: of keys that have none of their own. */
interface Rules {
  readonly [key: string]: Rule | Rules;
}

const any: Rule = () => undefined;
function oneOf(...allowed: readonly unknown[]): Rule {
  return (value) => (allowed.includes(value) ? undefined : `must be ${allowed.map(String).join(" or ")}, or absent,`);
}
const empty: Rule = (value) =>
  value === null || (typeof value === "object" && Object.keys(value).length === 0) ? undefined : "must be absent";
const off = oneOf(false);

/** Settings of upstream's plugin and of the CNI specification. What only tells upstream's how to reach its store or log is `any`. */
const RULES: Rules = {
  cniVersion: any,
  cniVersions: any,
  name: any,
  type: any,
  mtu: any,
  agentSocket: any,
  args: { percale: { labels: any, ports: any, serviceAccount: any }, "*": any },
  capabilities: any,
  disableCheck: any,
  disableGC: any,
  policy_setup_timeout_seconds: any,
  endpoint_status_dir: any,
  "cni.dev/valid-attachments": any,
  "cni.dev/attachments": any,
  container_settings: { allow_ip_forwarding: any },
  ipam: {
    type: oneOf("calico-ipam"),
    assign_ipv4: any,
    assign_ipv6: any,
    ipv4_pools: any,
    ipv6_pools: any,
  },
  policy: {
    type: oneOf("k8s", ""),
    k8s_api_root: any,
    k8s_auth_token: any,
    k8s_client_certificate: any,
    k8s_client_key: any,
    k8s_certificate_authority: any,
  },
  kubernetes: any,
  datastore_type: any,
  etcd_endpoints: any,
  etcd_discovery_srv: any,
  etcd_key_file: any,
  etcd_cert_file: any,
  etcd_ca_cert_file: any,
  etcd_authority: any,
  etcd_scheme: any,
  calico_api_group: any,
  qps: any,
  burst: any,
  ipam_lock_file: any,
  nodename_file: any,
  nodename_file_optional: any,
  log_level: any,
  log_file_path: any,
  log_file_max_size: any,
  log_file_max_age: any,
  log_file_max_count: any,
  num_queues: oneOf(1, 0),
  device_type: oneOf("veth", ""),
  require_mtu_file: off,
  include_default_routes: off,
  feature_control: { ip_addrs_no_ipam: off, floating_ips: off },
  readiness_gates: empty,
  dataplane_options: empty,
  runtimeConfig: empty,
  dns: empty,
  ipMasq: off,
  prevResult: () => "must be absent: this plugin must be the first of its chain",
};

function faultsOf(values: object, rules: Rules, path: string): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const rule = Object.hasOwn(rules, key) ? rules[key] : rules["*"];
    if (rule === undefined) return [`${path}${key}: is unknown here; remove it`];
    if (typeof rule !== "function" && typeof value === "object")
      return value === null ? [] : faultsOf(value, rule, `${path}${key}.`);
    const fault = typeof rule === "function" ? rule(value) : "must be an object,";
    return fault === undefined ? [] : [`${path}${key}: ${fault} got ${brief(JSON.stringify(value), 80)}`];
  });
}
