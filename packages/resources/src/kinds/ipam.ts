import { containsCidr } from "@percale/net";
import * as z from "zod";
import { column } from "../columns.ts";
import { isTerminating } from "../consequences.ts";
import type { Consequence, ObjectEvent } from "../consequences.ts";
import { defineResource } from "../define.ts";
import type { Lookup, ObjectOf, StoreContext } from "../define.ts";
import { refOf } from "../object.ts";
import type { KubeObject } from "../object.ts";
import { setting } from "../settings.ts";
import { conflict } from "../status-error.ts";
import type { StatusError } from "../status-error.ts";
import { cidr, name } from "../scalars/schemas.ts";
import { cidrOf } from "./parsed-cidr.ts";
import { onlyDefault } from "./cluster-information.ts";

const count = z.int().min(0);
const owner = z.record(z.string(), z.string());

/** How addresses are given out, cluster-wide. Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/ipamconfig.go`. */
export const IPAMConfiguration = defineResource({
  kind: "IPAMConfiguration",
  scope: "Cluster",
  description: "How addresses are given out, for the whole cluster.",
  shortNames: ["ipamconfig", "ipamconfigs"],
  traits: { readBy: ["ipam"], shared: ["spec"] },
  looks: {
    settings: {
      title: "IPAM",
      groups: [
        {
          title: "Blocks and addresses",
          fields: [
            "strictAffinity",
            "autoAllocateBlocks",
            "maxBlocksPerHost",
            "ipCooldownSeconds",
            "kubeVirtVMAddressPersistence",
          ],
        },
      ],
    },
  },
  columns: [
    column("StrictAffinity", "spec.strictAffinity", "True: no borrowing", "boolean"),
    column("MaxBlocksPerHost", "spec.maxBlocksPerHost", "Blocks a node may hold", "integer"),
    column("AutoAllocateBlocks", "spec.autoAllocateBlocks", "Nodes claim blocks as needed", "boolean"),
  ],
  laws: [
    "There is one, named default.",
    "maxBlocksPerHost needs strictAffinity, and strictAffinity or autoAllocateBlocks is true.",
  ],
  nameFault: onlyDefault,
  spec: z.strictObject({
    strictAffinity: z
      .boolean()
      .meta({
        title: "Strict affinity",
        description: "True: a node never borrows addresses from another node's block.",
        ...setting({ effect: "new addresses only" }),
      })
      .default(false),
    autoAllocateBlocks: z
      .boolean()
      .meta({
        title: "Claim blocks automatically",
        description: "False: nodes claim no new block.",
        ...setting({ effect: "new addresses only" }),
      })
      .default(true),
    maxBlocksPerHost: z
      .int()
      .min(0)
      .max(1_000_000)
      .meta({
        title: "Blocks per node",
        description: "Blocks a node may hold; 0 means 20. Needs strictAffinity.",
        ...setting({ unit: "blocks", effect: "new addresses only" }),
      })
      .default(0),
    kubeVirtVMAddressPersistence: z
      .enum(["Enabled", "Disabled"])
      .meta({
        title: "Addresses of KubeVirt VMs persist",
        description: "Whether a virtual machine keeps its address over restarts and migrations. Default: Enabled.",
        ...setting({ default: "Enabled" }),
      })
      .optional(),
    ipCooldownSeconds: z
      .int()
      .min(0)
      .max(1200)
      .meta({
        title: "Address cool-down",
        description: "How long a released address rests before it is given out again.",
        ...setting({ unit: "s", effect: "new addresses only" }),
      })
      .default(0),
  }),
  rules: (spec, report) => {
    if (!spec.strictAffinity && !spec.autoAllocateBlocks)
      report(
        "spec.autoAllocateBlocks",
        "FieldValueInvalid",
        "must be true unless strictAffinity is true, got false: no address could ever be given out",
      );
    if (spec.maxBlocksPerHost > 0 && !spec.strictAffinity)
      report(
        "spec.maxBlocksPerHost",
        "FieldValueInvalid",
        `needs strictAffinity true, got ${spec.maxBlocksPerHost}: with borrowing a limit would not hold`,
      );
  },
});
export type IPAMConfiguration = ObjectOf<typeof IPAMConfiguration>;

/** Written by IPAM alone. Stored shape: projectcalico/calico `libcalico-go/lib/backend/model/block.go`. */
export const IPAMBlock = defineResource({
  kind: "IPAMBlock",
  scope: "Cluster",
  internal: true,
  description: "A block of addresses and who has each.",
  traits: {
    bookkeeping: true,
    readBy: ["ipam"],
    // Of others' it is enough that they are taken.
    shared: ["spec.cidr", "spec.affinity"],
    node: { field: "spec.affinity", prefix: "host:" },
  },
  columns: [column("CIDR", "spec.cidr", "The addresses"), column("Affinity", "spec.affinity", "Whose block it is")],
  spec: z.strictObject({
    cidr: cidr.meta({ title: "CIDR", description: "The addresses." }),
    affinity: z
      .string()
      .regex(/^(host|virtual):[a-zA-Z0-9._-]+$/, "must be host:<node> or virtual:<name>")
      .meta({
        title: "Affinity",
        description: "Who allocates from it: host:<node> or virtual:load-balancer. Absent: nobody.",
      })
      .optional(),
    affinityClaimTime: z
      .string()
      .meta({ title: "Claimed at", description: "When it was claimed, RFC 3339." })
      .optional(),
    allocations: z
      .array(z.int().nullable())
      .meta({ title: "Allocations", description: "By ordinal: index into attributes, or null if free." }),
    unallocated: z.array(z.int()).meta({ title: "Free ordinals", description: "Free ordinals, the next one first." }),
    attributes: z
      .array(
        z.strictObject({
          handle_id: z.string().meta({ title: "Handle", description: "Handle of the allocation." }).optional(),
          secondary: owner
            .meta({ title: "Owner", description: "Who has it: node, pod, namespace, type, timestamp." })
            .optional(),
          alternateOwnerAttrs: owner
            .meta({ title: "Other owner", description: "The other owner during a live migration." })
            .optional(),
          releasedAt: z
            .string()
            .meta({ title: "Released at", description: "Cooling down since, RFC 3339." })
            .optional(),
        }),
      )
      .meta({ title: "Owners", description: "Owners, shared by the ordinals that name them." }),
    sequenceNumber: count.meta({ title: "Sequence number", description: "Rises with every write." }).default(0),
    sequenceNumberForAllocation: z
      .record(z.string(), count)
      .meta({ title: "Sequence number by ordinal", description: "By ordinal: sequence number when it was given out." })
      .optional(),
    deleted: z.boolean().meta({ title: "Being deleted", description: "Being deleted: treat as absent." }).optional(),
    strictAffinity: z
      .boolean()
      .meta({ title: "Strict affinity", description: "Ignored; kept for old readers." })
      .default(false),
  }),
  store: closedPoolIssue,
  react: leaveDyingPool,
});
export type IPAMBlock = ObjectOf<typeof IPAMBlock>;

/** No address of it is in use or cooling down. */
export function isEmptyBlock({ spec }: IPAMBlock): boolean {
  return spec.allocations.every((index) => index === null);
}

/** An agent that did not know yet of the pool's deletion reads again and chooses another pool. */
function closedPoolIssue({ operation, object, lookup }: StoreContext): StatusError | undefined {
  if (operation !== "create" || dyingPoolOf(object as IPAMBlock, lookup) === undefined) return undefined;
  return conflict(refOf(object), "its pool is being deleted");
}

/** In a pool that is being deleted a block goes with its last address, and the pool with its last block. */
function leaveDyingPool({ type, object }: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  const block = object as IPAMBlock; // called with objects of this kind only
  if (type === "MODIFIED" && !isEmptyBlock(block)) return [];
  const pool = dyingPoolOf(block, lookup);
  if (pool === undefined) return [];
  if (type === "DELETED") return [{ op: "settle", ref: refOf(pool) }];
  const gone: KubeObject[] = [object];
  for (const affinity of lookup.list("BlockAffinity") as Iterable<BlockAffinity>)
    if (affinity.spec.cidr === block.spec.cidr) gone.push(affinity);
  return gone.map((one) => ({ op: "delete", ref: refOf(one) }));
}

function dyingPoolOf(block: IPAMBlock, lookup: Lookup): KubeObject | undefined {
  for (const pool of lookup.list("IPPool") as Iterable<KubeObject<{ readonly cidr: string }>>)
    if (isTerminating(pool) && containsCidr(cidrOf(pool), cidrOf(block))) return pool;
  return undefined;
}

export const BlockAffinity = defineResource({
  kind: "BlockAffinity",
  scope: "Cluster",
  description: "A node's claim to a block of addresses. Written by IPAM; write it only to repair.",
  shortNames: ["affinity", "affinities"],
  // Blocks that a node announces, and takes addresses from.
  traits: { bookkeeping: true, readBy: ["bird", "ipam"], node: { field: "spec.node" } },
  columns: [
    column("CIDR", "spec.cidr", "The block"),
    column("Node", "spec.node", "Whose it is"),
    column("Type", "spec.type", "What kind of owner"),
  ],
  spec: z.strictObject({
    state: z
      .enum(["", "confirmed", "pending", "pendingDeletion"])
      .meta({ title: "State", description: "How far the claim is; empty means confirmed." }),
    node: name.meta({ title: "Node", description: "The owner's name." }),
    type: z
      .enum(["host", "virtual"])
      .meta({ title: "Owner type", description: "What kind of owner. Absent: host." })
      .optional(),
    cidr: cidr.meta({ title: "CIDR", description: "The block." }),
    deleted: z
      .boolean()
      .meta({ title: "Being deleted", description: "Being deleted: treat as absent." })
      .default(false),
  }),
  rules: (spec, report) => {
    if (spec.deleted) report("spec.deleted", "FieldValueInvalid", "cannot be set to true; delete the object");
  },
});
export type BlockAffinity = ObjectOf<typeof BlockAffinity>;

export const IPAMHandle = defineResource({
  kind: "IPAMHandle",
  scope: "Cluster",
  internal: true,
  description: "Which blocks hold the addresses of one handle, such as one container.",
  // There is one for each workload: it is asked for by name.
  traits: { bookkeeping: true, readBy: ["ipam"] },
  spec: z.strictObject({
    handleID: z.string().min(1).meta({ title: "Handle", description: "The handle, case kept." }),
    block: z
      .record(z.string(), count)
      .meta({ title: "Addresses by block", description: "Block CIDR to the number of its addresses." }),
    deleted: z.boolean().meta({ title: "Being deleted", description: "Being deleted: treat as absent." }).optional(),
  }),
});
export type IPAMHandle = ObjectOf<typeof IPAMHandle>;
