import type { Link } from "@percale/kernel";
import { DEFAULT_CONFIG, emptyState } from "@percale/policy";
import type { DataplaneConfig, StateChange, Workload } from "@percale/policy";
import { expect, test } from "vitest";
import type { Attached } from "../part.ts";
import { SysctlsPart } from "./part.ts";
import { nodeSysctls, workloadSysctls } from "./settings.ts";
import type { Sysctl } from "./settings.ts";

const OF_NODE = nodeSysctls({ ipForwarding: true, ipv6: true });
const workload: Workload = { addresses: ["10.0.0.1/32"], allowSpoofedSourcePrefixes: [] };
const attached = (more: Partial<Workload> = {}): Attached => ({
  endpoint: {
    key: "a",
    ref: { kind: "WorkloadEndpoint", namespace: "red", name: "a" },
    match: { by: "name", name: "cali0" },
    active: true,
    profiles: [],
    stages: {},
    workload: { ...workload, ...more },
  },
  link: { index: 7, name: "cali0" } as Link, // the rest is not read
});

/** The part over files of which some cannot be written; `rpFilter` null: the default cannot be read. `pass` gives what was written, and what was found wrong. */
function setUp({
  rpFilter = "2",
  config = {},
}: { readonly rpFilter?: string | null; readonly config?: Partial<DataplaneConfig> } = {}) {
  const written: (readonly Sysctl[])[] = [];
  const broken = new Set<string>();
  const part = new SysctlsPart({
    files: {
      read: () => {
        if (rpFilter === null) throw new Error("ENOENT");
        return rpFilter;
      },
      write: (sysctls) => {
        written.push(sysctls);
        return sysctls.flatMap(({ path }) => (broken.has(path) ? [path] : []));
      },
    },
  });
  const state = emptyState({ ...DEFAULT_CONFIG, ipForwarding: true, ipv6Support: true, ...config });
  const pass = async (...of: readonly Attached[]) => {
    const faults: string[] = [];
    await part.pass({
      state,
      inSync: true,
      links: { workloads: new Set(), byInterface: new Map() },
      attached: of,
      turn: () => undefined,
      fault: ({ key }, fault) => faults.push(`${key} ${fault.state}: ${fault.detail}`),
    });
    return { written: written.splice(0), faults };
  };
  return { part, pass, broken };
}

test("the node's settings are written once, and again when the configuration or somebody else changed", async () => {
  const { part, pass } = setUp();
  const [once, nothing] = [
    { written: [OF_NODE], faults: [] },
    { written: [], faults: [] },
  ];
  expect([await pass(), await pass()]).toEqual([once, nothing]);
  part.note({ t: "set" } as unknown as StateChange); // no more of it is read
  expect(await pass()).toEqual(nothing);
  part.note({ t: "config" } as StateChange);
  expect([await pass(), await pass()]).toEqual([once, nothing]);
  part.resync();
  expect([await pass(), await pass()]).toEqual([once, nothing]);
});

test("a setting of the node that cannot be written is told and tried in every pass until it can", async () => {
  const { part, pass, broken } = setUp();
  broken.add("net/ipv4/ip_forward");
  for (let i = 0; i < 2; i++) {
    expect((await pass()).written).toEqual([OF_NODE]);
    expect(part.conditions().map(({ code, detail }) => [code, detail])).toEqual([
      ["ForwardingOff", expect.stringContaining("net/ipv4/ip_forward")],
    ]);
  }
  broken.clear();
  expect([(await pass()).written, part.conditions(), (await pass()).written]).toEqual([[OF_NODE], [], []]);
});

test("a workload's setting that cannot be written is its endpoint's fault", async () => {
  const { pass, broken } = setUp();
  broken.add("net/ipv4/conf/cali0/rp_filter");
  expect((await pass(attached())).faults).toEqual(["a down: cannot write net/ipv4/conf/cali0/rp_filter"]);
});

test.each<[what: string, set: Parameters<typeof setUp>[0], more: Partial<Workload>, rpFilter: string]>([
  ["as the node's default", {}, {}, "2"],
  ["on where the default cannot be read", { rpFilter: null }, {}, "1"],
  [
    "the default though it was lent addresses, where lending is off",
    {},
    { allowSpoofedSourcePrefixes: ["10.9.0.0/16"] },
    "2",
  ],
  [
    "off for what was lent addresses, where lending is on",
    { config: { workloadSourceSpoofing: "Any" } },
    { allowSpoofedSourcePrefixes: ["10.9.0.0/16"] },
    "0",
  ],
  ["the default for what was lent none, where lending is on", { config: { workloadSourceSpoofing: "Any" } }, {}, "2"],
])("the check of sources is %s", async (_, set, more, rpFilter) => {
  const { pass } = setUp(set);
  await pass();
  const options = { ipv6: true, hasV4: true, hasV6: false, rpFilter };
  expect((await pass(attached(more))).written).toEqual([workloadSysctls("cali0", options)]);
});
