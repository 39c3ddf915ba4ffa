import { expect, test } from "vitest";
import { resourceDefinitions } from "./index.ts";
import type { JsonSchema } from "./index.ts";
import { fieldsSchema } from "./testdata/cases.ts";

interface Field {
  readonly at: string;
  readonly title: string | undefined;
  readonly description: string;
}

/** Names that the domain writes in one way only. */
const WRITTEN = [
  ..."AS ARP AWS BGP BIRD BPF CA CIDR CIDRs CPU DNS DSCP DSR GC GRO HTTP ICMP ID IP IPs IPAM IPIP JIT".split(" "),
  ..."MAC MTU NAT NDP SSH TCP TLS TTL UDP VMs VNI VXLAN XDP IPv4 IPv6 QoS WireGuard KubeVirt OpenStack".split(" "),
  ..."eBPF iptables nftables cgroup xtables kube-proxy Calico Felix Istio Kubernetes Prometheus Goldmane Go".split(" "),
];
const byLower = new Map(WRITTEN.map((word) => [word.toLowerCase(), word]));
/** English words too. */
const AMBIGUOUS = new Set(["as", "go", "id"]);
const STARTS_SMALL = /^(eBPF|iptables|nftables|cgroup|xtables|kube-proxy)\b/;

function* fieldsIn(schema: JsonSchema, at: string): Generator<Field> {
  for (const [name, field] of Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>)) {
    const path = `${at}.${name}`;
    yield { at: path, title: field["title"] as string | undefined, description: String(field["description"]) };
    yield* fieldsIn(field, path);
  }
  for (const inner of [schema["items"], schema["additionalProperties"]])
    if (typeof inner === "object" && inner !== null) yield* fieldsIn(inner as JsonSchema, `${at}[]`);
  for (const branch of ["anyOf", "oneOf", "allOf"])
    for (const inner of (schema[branch] ?? []) as JsonSchema[]) yield* fieldsIn(inner, at);
}

const fields = resourceDefinitions.flatMap((definition) => {
  const { status } = definition.openApi()["properties"] as Record<string, JsonSchema>;
  return [
    ...fieldsIn(fieldsSchema(definition), `${definition.kind}.spec`),
    ...(status === undefined ? [] : fieldsIn(status, `${definition.kind}.status`)),
  ];
});

/** Names of kinds that are no words: `IPPool`, not `Tier`. */
const RAW_KINDS = resourceDefinitions.map(({ kind }) => kind).filter((kind) => /[a-zA-Z][A-Z]/.test(kind));

/** What is wrong with a title as people read it. */
function fault(title: string | undefined): string | undefined {
  if (title === undefined) return "has no written title";
  if (!/^[A-Z]/.test(title) && !STARTS_SMALL.test(title)) return "begins small";
  if (!/^[\w/,' -]+$/.test(title) || title.length > 44) return "is no short run of words";
  if (RAW_KINDS.some((kind) => title.includes(kind))) return "has a kind's raw name";
  for (const word of title.split(/[ ,/]+/)) {
    const written = byLower.get(word.toLowerCase());
    if (written !== undefined && written !== word && !AMBIGUOUS.has(word)) return `must write ${written}`;
    if (written === undefined && /[a-z][A-Z]/.test(word)) return `has ${word}, a field's name`;
    if (/^[a-zA-Z]$/.test(word) && word !== "a") return `is torn at ${word}`;
  }
  return undefined;
}

test("every field of every kind has a written title, as a network engineer writes it", () => {
  const faults = fields.flatMap(({ at, title }) => {
    const said = fault(title);
    return said === undefined ? [] : [`${at}: ${JSON.stringify(title)} ${said}`];
  });
  expect(faults).toEqual([]);
});

test.each([
  [undefined, "has no written title"],
  ["Floating i ps", "is torn at i"],
  ["Floating IPS", "must write IPs"],
  ["Bpf connect time", "must write BPF"],
  ["Action `default`", "is no short run of words"],
  ["FelixConfiguration fields", "has a kind's raw name"],
  ["vxlan MTU", "begins small"],
  ["Vxlan MTU", "must write VXLAN"],
  ["As number", "must write AS"],
  ["Uses natOutgoing", "has natOutgoing, a field's name"],
  ["VXLAN MTU, IPv6", undefined],
  ["nftables", undefined],
])("of %j is told: %s", (title, said) => {
  expect(fault(title)).toBe(said);
});

test("no two fields of one object are called the same", () => {
  const seen = new Map<string, string>();
  const twice = fields.flatMap(({ at, title }) => {
    const name = `${at.slice(0, at.lastIndexOf("."))}: ${title}`;
    const other = seen.get(name);
    seen.set(name, at);
    return other === undefined || other === at ? [] : [`${at} and ${other}: ${title}`];
  });
  expect(twice).toEqual([]);
});

test("descriptions and words of kinds are prose: no backticks, names as the domain writes them", () => {
  const texts = [
    ...fields.map(({ at, description }) => [at, description] as const),
    ...resourceDefinitions.map(({ kind, description }) => [kind, description] as const),
    ...resourceDefinitions.flatMap(({ kind, words }) => [
      [`${kind} in words`, words.one] as const,
      [`${kind} in words`, words.many] as const,
    ]),
  ];
  const faults = texts.filter(([, text]) =>
    /`|\b(Ip|Bgp|Vxlan|Dns|Mtu|Ebpf|Bpf|Cidr|Nat|felix|calico|kubernetes)\b/.test(text.replaceAll(/\S*[/.]\S*/g, "")),
  );
  expect(faults).toEqual([]);
});
