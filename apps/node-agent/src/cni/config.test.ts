import { describe, expect, test } from "vitest";
import { networkConfig, refuseUnsupported } from "./config.ts";
import { CniError } from "./errors.ts";
import { parseRequest } from "./request.ts";

const codeOf = (command: string, config: object): number => {
  const env = { CNI_COMMAND: command, CNI_CONTAINERID: "c1", CNI_IFNAME: "eth0", CNI_NETNS: "/run/netns/x" };
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}\0`);
  const text = JSON.stringify({ cniVersion: "1.0.0", name: "net", type: "percale-cni", ...config });
  try {
    const { config: parsed } = parseRequest(Buffer.from(`${variables.join("")}\0${text}`));
    if (command === "ADD" || command === "STATUS") refuseUnsupported(parsed, "n1"); // as the server does
    return 0;
  } catch (error) {
    return error instanceof CniError ? error.code : -1;
  }
};

describe("what would change behaviour and does not exist here is refused", () => {
  test.each<[string, object]>([
    ["host-local", { ipam: { type: "host-local", subnet: "10.0.0.0/24" } }],
    ["any other IPAM", { ipam: { type: "azure-vnet-ipam" } }],
    ["ranges of host-local", { ipam: { type: "calico-ipam", ranges: [[{ subnet: "usePodCidr" }]] } }],
    ["routes of IPAM", { ipam: { routes: [{ dst: "10.0.0.0/8" }] } }],
    ["an unknown key of IPAM", { ipam: { assign_ipv5: "true" } }],
    ["a misspelt key", { mtuu: 1400 }],
    ["a chained plugin", { prevResult: { cniVersion: "1.0.0" } }],
    ["netkit", { device_type: "netkit" }],
    ["queues", { num_queues: 4 }],
    ["a needed MTU file", { require_mtu_file: true }],
    ["more default routes", { include_default_routes: true }],
    ["gates", { readiness_gates: ["http://127.0.0.1:1/"] }],
    ["another dataplane", { dataplane_options: { type: "grpc", socket: "/x" } }],
    ["annotations behind a switch", { feature_control: { floating_ips: true } }],
    ["another node", { nodename: "n2" }],
    ["a policy of another orchestrator", { policy: { type: "mesos" } }],
    ["an unknown key of policy", { policy: { mode: "none" } }],
    ["an unknown setting of the container", { container_settings: { mtu: 9000 } }],
    ["a misspelt setting of our own", { args: { percale: { label: { a: "b" } } } }],
    ["a policy that is no object", { policy: "mesos" }],
    ["switches that are no object", { feature_control: true }],
    ["masquerading", { ipMasq: true }],
    ["name servers", { dns: { nameservers: ["192.0.2.53"] } }],
    ["mapped ports", { runtimeConfig: { portMappings: [{ hostPort: 80, containerPort: 80, protocol: "tcp" }] } }],
  ])("%s: code 7 for ADD and STATUS; DEL and GC clean up all the same", (_name, config) => {
    const gc = { ...config, "cni.dev/valid-attachments": [] };
    expect(["ADD", "STATUS", "DEL"].map((command) => codeOf(command, config))).toEqual([7, 7, 0]);
    expect(codeOf("GC", gc)).toBe(0);
  });

  test("the refusal names the key and says what to do", () => {
    const config = networkConfig.parse({ name: "net", ipam: { type: "host-local" } });
    expect(() => refuseUnsupported(config, "n1")).toThrow(
      expect.objectContaining({
        details: expect.stringMatching(/^ipam\.type: must be calico-ipam.* got "host-local"/),
      }),
    );
  });
});

test.each<[string, object]>([
  [
    "the installer's own file",
    {
      log_level: "info",
      log_file_path: "/var/log/calico/cni/cni.log",
      datastore_type: "kubernetes",
      nodename: "n1",
      mtu: 1450,
      ipam: { type: "calico-ipam" },
      policy: { type: "k8s" },
      kubernetes: { kubeconfig: "/etc/cni/net.d/calico-kubeconfig" },
    },
  ],
  [
    "defaults said aloud",
    {
      num_queues: 1,
      device_type: "veth",
      require_mtu_file: false,
      include_default_routes: false,
      readiness_gates: [],
      feature_control: { ip_addrs_no_ipam: false, floating_ips: false },
      nodename_file_optional: true,
      ipMasq: false,
      dns: {},
      runtimeConfig: {},
      capabilities: { portMappings: false },
      disableCheck: false,
    },
  ],
  [
    "ours",
    {
      agentSocket: "/run/percale/cni.sock",
      policy_setup_timeout_seconds: 5,
      container_settings: { allow_ip_forwarding: true },
      args: { percale: { labels: { a: "b" } }, cni: { labels: [] } },
    },
  ],
])("%s is taken", (_name, config) => {
  expect(codeOf("ADD", config)).toBe(0);
});

test("CHECK takes the result that a runtime keeps", () => {
  expect(codeOf("CHECK", { prevResult: { cniVersion: "1.0.0" } })).toBe(0);
});

test("the wait for policy is one that the runtime waits for, however long the configuration says", () => {
  const waitOf = (seconds: number) =>
    networkConfig.parse({ name: "net", policy_setup_timeout_seconds: seconds }).policy_setup_timeout_seconds;
  expect([0, 2.5, 1e9].map(waitOf)).toEqual([0, 2.5, 100]);
});
