import { containsCidr, formatCidr, isMasked, overlaps, parseCidr, tryParseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import * as z from "zod";
import { ageColumn, column, conditionColumn } from "../columns.ts";
import { beganTerminating, isTerminating, withFinalizer } from "../consequences.ts";
import type { Consequence, ObjectEvent } from "../consequences.ts";
import { defineResource } from "../define.ts";
import type { Lookup, ObjectOf, StoreContext } from "../define.ts";
import { show } from "../issue.ts";
import type { FieldIssue } from "../issue.ts";
import { selector, setOf, text } from "../scalars/schemas.ts";
import { invalid } from "../status-error.ts";
import type { StatusError } from "../status-error.ts";
import { refOf } from "../object.ts";
import { conditionsStatus, withCondition } from "./conditions.ts";
import { isEmptyBlock } from "./ipam.ts";
import type { BlockAffinity, IPAMBlock } from "./ipam.ts";
import { cidrOf } from "./parsed-cidr.ts";

const LINK_LOCAL = [parseCidr("169.254.0.0/16"), parseCidr("fe80::/10")];
/** Holds a pool until no block is left in it. */
export const IP_POOL_FINALIZER = "projectcalico.org/ippool-finalizer";

const mode = z.enum(["Never", "Always", "CrossSubnet"]);

/** Addresses that workloads may be given. Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/ippool.go`. */
export const IPPool = defineResource({
  kind: "IPPool",
  scope: "Cluster",
  description: "Addresses that workloads, tunnels or load balancers may be given, and how packets to them travel.",
  shortNames: ["ipp", "ipps", "pool", "pools"],
  traits: {
    readBy: ["graph", "bird", "ipam", "tunnels"],
    shared: ["metadata.deletionTimestamp", "spec", "status"],
  },
  looks: { icon: "pools", searched: true, template: { cidr: "10.245.0.0/16", natOutgoing: true } },
  laws: [
    "cidr and blockSize cannot change; the CIDR is stored in its canonical form, overlaps no other pool and no link-local address, and holds at least one block.",
    "Blocks that an earlier pool left within the CIDR have this pool's size.",
    "ipipMode and vxlanMode are not both on; IPIP is for IPv4.",
    "A LoadBalancer pool serves nothing else, has no encapsulation, is exported over BGP and for all nodes; it stays one.",
    "A pool for tunnels has no namespaceSelector.",
    "A pool that is deleted goes with the last block in it.",
  ],
  statusSubresource: true,
  columns: [
    column("CIDR", "spec.cidr", "The addresses"),
    column("VXLAN", "spec.vxlanMode", "When packets travel in VXLAN"),
    column("IPIP", "spec.ipipMode", "When packets travel in IPIP"),
    column("NAT", "spec.natOutgoing", "Whether packets that leave the pools are masqueraded", "boolean"),
    conditionColumn("Allocatable", "Allocatable", "status", "Whether new addresses come from it"),
    ageColumn,
  ],
  spec: z.strictObject({
    cidr: text(
      (value) => (tryParseCidr(value) === undefined ? "must be a CIDR such as 10.48.0.0/16" : undefined),
      48,
    ).meta({
      title: "CIDR",
      description: "The addresses, for instance 10.48.0.0/16. Cannot change; pools cannot overlap.",
    }),
    blockSize: z
      .int()
      .min(1)
      .meta({
        title: "Block size",
        description:
          "Prefix length of the blocks handed to nodes: 20-32 (IPv4, default 26), 116-128 (IPv6, default 122). Cannot change.",
      })
      .optional(),
    ipipMode: mode
      .meta({
        title: "IPIP mode",
        description: "IPv4: when packets between nodes travel in IPIP. CrossSubnet: only between subnets.",
      })
      .default("Never"),
    vxlanMode: mode
      .meta({
        title: "VXLAN mode",
        description: "When packets between nodes travel in VXLAN. CrossSubnet: only between subnets.",
      })
      .default("Never"),
    natOutgoing: z
      .boolean()
      .meta({ title: "Outgoing NAT", description: "Masquerade packets from the pool to anything outside all pools." })
      .default(false),
    disabled: z
      .boolean()
      .meta({ title: "Disabled", description: "Assign no new addresses; those in use stay." })
      .default(false),
    disableBGPExport: z
      .boolean()
      .meta({ title: "Disable BGP export", description: "Do not advertise the pool's routes over BGP." })
      .default(false),
    nodeSelector: selector
      .meta({ title: "Nodes", description: "Nodes that may take addresses from the pool." })
      .default("all()"),
    namespaceSelector: selector
      .meta({ title: "Namespaces", description: "Namespaces whose workloads may take addresses from the pool." })
      .optional(),
    allowedUses: setOf(z.enum(["Workload", "Tunnel", "LoadBalancer"]), { max: 10 })
      .meta({
        title: "Allowed uses",
        description:
          "What addresses are for. LoadBalancer stands alone. Default: [Workload, Tunnel]; [Workload] with a namespaceSelector, as tunnels have no namespace.",
      })
      .optional(),
    assignmentMode: z
      .enum(["Automatic", "Manual"])
      .meta({ title: "Assignment mode", description: "Manual: addresses only for workloads that ask for this pool." })
      .default("Automatic"),
  }),
  status: conditionsStatus,
  complete: ({ spec }) => {
    if (spec.allowedUses === undefined || spec.allowedUses.length === 0)
      spec.allowedUses = spec.namespaceSelector === undefined ? ["Workload", "Tunnel"] : ["Workload"];
    const parsed = tryParseCidr(spec.cidr);
    if (parsed === undefined) return;
    spec.cidr = formatCidr(parsed);
    spec.blockSize ??= defaultBlockSize(parsed);
  },
  rules: (spec, report) => {
    const uses = spec.allowedUses ?? [];
    const cidr = tryParseCidr(spec.cidr);
    if (cidr !== undefined) checkCidr({ cidr, blockSize: spec.blockSize ?? 0, disabled: spec.disabled }, report);
    const [ipip, vxlan] = [spec.ipipMode !== "Never", spec.vxlanMode !== "Never"];
    if (ipip && vxlan)
      report(
        "spec.vxlanMode",
        "FieldValueForbidden",
        "ipipMode and vxlanMode cannot both be enabled; set one to Never",
      );
    if (ipip && cidr?.family === 6)
      report(
        "spec.ipipMode",
        "FieldValueForbidden",
        `must be Never in an IPv6 pool, got ${spec.ipipMode}; use vxlanMode`,
      );
    if (uses.includes("LoadBalancer")) {
      const forbid = (field: string, message: string): void =>
        report(field, "FieldValueForbidden", `${message} in a LoadBalancer pool`);
      if (ipip) forbid("spec.ipipMode", `must be Never, got ${spec.ipipMode},`);
      if (vxlan) forbid("spec.vxlanMode", `must be Never, got ${spec.vxlanMode},`);
      if (spec.disableBGPExport) forbid("spec.disableBGPExport", "must be false");
      if (uses.length > 1) forbid("spec.allowedUses", `Workload and Tunnel are not allowed, got ${show(uses)},`);
      if (spec.nodeSelector !== "all()")
        report(
          "spec.nodeSelector",
          "FieldValueInvalid",
          `must be all() in a LoadBalancer pool, got ${show(spec.nodeSelector)}`,
        );
    }
    if (uses.includes("Tunnel") && (spec.namespaceSelector ?? "") !== "")
      report(
        "spec.namespaceSelector",
        "FieldValueForbidden",
        "not allowed while allowedUses has Tunnel: tunnels have no namespace; set allowedUses to [Workload]",
      );
    for (const key of ["nodeSelector", "namespaceSelector"] as const)
      if (spec[key]?.includes("global(") === true)
        report(
          `spec.${key}`,
          "FieldValueInvalid",
          `global() may only be used in a rule's namespaceSelector, got ${show(spec[key])}`,
        );
  },
  transition: (spec, old, report) => {
    const [now, before] = [tryParseCidr(spec.cidr), tryParseCidr(old.cidr)];
    if (now !== undefined && before !== undefined && formatCidr(now) !== formatCidr(before))
      report(
        "spec.cidr",
        "FieldValueInvalid",
        `cannot change: it is ${old.cidr}, got ${spec.cidr}; create a second pool and disable this one`,
      );
    if (spec.blockSize !== old.blockSize)
      report(
        "spec.blockSize",
        "FieldValueInvalid",
        `cannot change: it is ${old.blockSize}, got ${spec.blockSize}; create a second pool`,
      );
    if (old.allowedUses?.includes("LoadBalancer") === true && spec.allowedUses?.includes("LoadBalancer") !== true)
      report("spec.allowedUses", "FieldValueInvalid", `a LoadBalancer pool stays one, got ${show(spec.allowedUses)}`);
  },
  store: neighbourIssue,
  settle: (object, { lookup, now }) => {
    const [reason, message] = isTerminating(object)
      ? ["Terminating", "The pool is being deleted: it goes with the last block in it"]
      : object.spec.disabled
        ? ["PoolDisabled", "spec.disabled is true"]
        : ["OK", ""];
    const isAllocatable = reason === "OK" ? ("True" as const) : ("False" as const);
    const status = withCondition(object.status, { type: "Allocatable", status: isAllocatable, reason, message, now });
    const isHeld = !isTerminating(object) || blocksIn(cidrOf(object), lookup).length > 0;
    return withFinalizer({ ...object, status }, IP_POOL_FINALIZER, isHeld);
  },
  react: releaseEmptyBlocks,
});
export type IPPool = ObjectOf<typeof IPPool>;

export function defaultBlockSize({ family }: Pick<Cidr, "family">): 26 | 122 {
  return family === 4 ? 26 : 122;
}

function checkCidr(
  pool: { readonly cidr: Cidr; readonly blockSize: number; readonly disabled: boolean },
  report: (field: string, reason: FieldIssue["reason"], message: string) => void,
): void {
  const { cidr, blockSize } = pool;
  const text = formatCidr(cidr);
  if (!isMasked(cidr))
    report("spec.cidr", "FieldValueInvalid", `must have no bits set past its prefix length, got ${text}`);
  if (LINK_LOCAL.some((local) => overlaps(local, cidr)))
    report(
      "spec.cidr",
      "FieldValueInvalid",
      `must not overlap link-local addresses (169.254.0.0/16, fe80::/10), got ${text}`,
    );
  const [min, max] = cidr.family === 4 ? [20, 32] : [116, 128];
  if (blockSize < min || blockSize > max)
    report("spec.blockSize", "FieldValueInvalid", `must be ${min}..${max} for ${text}, got ${blockSize}`);
  else if (!pool.disabled && cidr.prefixLen > blockSize)
    report(
      "spec.cidr",
      "FieldValueInvalid",
      `must be at least as large as one block (/${blockSize}), got ${text}; make the pool larger or blockSize longer`,
    );
}

/** Pools cannot overlap, and blocks left in the CIDR by an earlier pool must have this pool's size. */
function neighbourIssue({ operation, object, lookup }: StoreContext): StatusError | undefined {
  if (operation !== "create") return undefined;
  const { cidr: text, blockSize } = object.spec as IPPool["spec"]; // the registry calls it with objects of this kind
  const cidr = parseCidr(text);
  const issues: FieldIssue[] = [];
  for (const other of lookup.list("IPPool") as Iterable<IPPool>)
    if (overlaps(cidr, cidrOf(other)))
      issues.push({
        field: "spec.cidr",
        reason: "FieldValueInvalid",
        message: `must not overlap another pool: ${text} overlaps ${other.spec.cidr} of IPPool ${show(other.metadata.name)}; choose other addresses or delete that pool`,
      });
  for (const block of lookup.list("IPAMBlock") as Iterable<IPAMBlock>) {
    const other = cidrOf(block);
    if (!overlaps(cidr, other) || other.prefixLen === blockSize) continue;
    issues.push({
      field: "spec.blockSize",
      reason: "FieldValueInvalid",
      message: `must be ${other.prefixLen}, the size of the block ${block.spec.cidr} still in use there, got ${blockSize}; or release its addresses first`,
    });
    break; // one says enough; there may be thousands
  }
  return issues.length === 0 ? undefined : invalid("IPPool", object.metadata.name, issues);
}

/** What a pool's deletion frees at once: blocks without an address in use, and claims to blocks that are not there. */
function releaseEmptyBlocks(event: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  if (!beganTerminating(event) && event.type !== "DELETED") return [];
  const used = new Set<string>();
  const freed: Consequence[] = [];
  const cidr = cidrOf(event.object as IPPool); // called with objects of this kind only
  for (const block of blocksIn(cidr, lookup))
    if (isEmptyBlock(block)) freed.push({ op: "delete", ref: refOf(block) });
    else used.add(block.spec.cidr);
  for (const affinity of lookup.list("BlockAffinity") as Iterable<BlockAffinity>)
    if (!used.has(affinity.spec.cidr) && containsCidr(cidr, cidrOf(affinity)))
      freed.push({ op: "delete", ref: refOf(affinity) });
  return freed;
}

function blocksIn(pool: Cidr, lookup: Lookup): IPAMBlock[] {
  const blocks: IPAMBlock[] = [];
  for (const block of lookup.list("IPAMBlock") as Iterable<IPAMBlock>)
    if (containsCidr(pool, cidrOf(block))) blocks.push(block);
  return blocks;
}
