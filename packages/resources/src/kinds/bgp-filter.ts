import { tryParseCidr } from "@percale/net";
import * as z from "zod";
import { defineResource } from "../define.ts";
import type { Immutable, ObjectOf } from "../define.ts";
import { show } from "../issue.ts";
import type { Report } from "../issue.ts";
import { asNumber, listOf, net, text } from "../scalars/schemas.ts";
import { communityFault } from "./bgp-configuration.ts";

const priority = z.int().min(1).max(2_147_483_646);
const community = text((value) => communityFault(value), 32);

const operation = z.strictObject({
  addCommunity: z
    .strictObject({
      value: community.meta({ title: "Value", description: "aa:nn (16 bits each) or aa:nn:mm (32 bits each)." }),
    })
    .meta({ title: "Add community", description: "Adds a community to the route." })
    .optional(),
  prependASPath: z
    .strictObject({
      prefix: z
        .array(asNumber)
        .min(1)
        .max(10)
        .meta({ "x-kubernetes-list-type": "atomic" })
        .meta({ title: "Prefix", description: "AS numbers, the first one foremost." }),
    })
    .meta({ title: "Prepend AS path", description: "Puts AS numbers before the route's path." })
    .optional(),
  setPriority: z
    .strictObject({ value: priority.meta({ title: "Value", description: "The metric, 1-2147483646." }) })
    .meta({ title: "Set priority", description: "Sets the route's metric." })
    .optional(),
});

function rule(family: 4 | 6) {
  const bits = family === 4 ? 32 : 128;
  const length = z.int().min(0).max(bits);
  return z.strictObject({
    action: z.enum(["Accept", "Reject"]).meta({ title: "Action", description: "What happens to a matching route." }),
    cidr: net
      .check(({ value, issues }) => {
        const parsed = tryParseCidr(value);
        if (parsed === undefined || (parsed.family === family && value.includes("/"))) return;
        issues.push({ code: "custom", input: value, message: `must be an IPv${family} CIDR`, continue: true });
      })
      .meta({ maxLength: family === 4 ? 18 : 43 })
      .meta({ title: "CIDR", description: "What matchOperator compares the route's prefix with." })
      .optional(),
    matchOperator: z
      .enum(["Equal", "NotEqual", "In", "NotIn"])
      .meta({ title: "Match operator", description: "How the route's prefix and the CIDR compare." })
      .optional(),
    prefixLength: z
      .strictObject({
        min: length.meta({ title: "Shortest", description: "Default: the length of the CIDR." }).optional(),
        max: length.meta({ title: "Longest", description: `Default: ${bits}.` }).optional(),
      })
      .meta({ title: "Prefix length", description: "Lengths of prefixes that are meant. Needs a CIDR." })
      .optional(),
    source: z
      .enum(["RemotePeers"])
      .meta({ title: "Source", description: "RemotePeers: only routes that were learned by BGP." })
      .optional(),
    interface: text((value) =>
      /^[a-zA-Z0-9_.*-]{1,15}$/.test(value) ? undefined : "must be an interface name of at most 15 characters, or *",
    )
      .meta({ title: "Interface", description: "Only routes out of this interface; * matches any part of a name." })
      .optional(),
    peerType: z
      .enum(["eBGP", "iBGP"])
      .meta({ title: "Peer type", description: "Only with peers of other ASes (eBGP), or of this one (iBGP)." })
      .optional(),
    communities: z
      .strictObject({
        values: listOf(community, 1).min(1).meta({ title: "Values", description: "One community that the route has." }),
      })
      .meta({ title: "Communities", description: "Only routes with this community." })
      .optional(),
    asPathPrefix: listOf(asNumber)
      .meta({ title: "AS path prefix", description: "Only routes whose AS path begins so." })
      .optional(),
    priority: priority.meta({ title: "Priority", description: "Only routes with this metric." }).optional(),
    operations: z
      .array(operation)
      .min(1)
      .max(10)
      .meta({ "x-kubernetes-list-type": "atomic" })
      .meta({ title: "Operations", description: "What is changed of an accepted route, in order." })
      .optional(),
  });
}

const rule4 = rule(4);
const rule6 = rule(6);
type FilterRule = Immutable<z.output<typeof rule4>>;

const LISTS = ["exportV4", "importV4", "exportV6", "importV6"] as const;

/** Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/bgpfilter.go`. */
export const BGPFilter = defineResource({
  kind: "BGPFilter",
  scope: "Cluster",
  description:
    "Which routes peers that name it send and take, and what is changed of them. The first rule that matches decides; what none matches goes on by the peer's own rules.",
  shortNames: ["bgpf", "bf"],
  traits: { aliases: ["bgpfs", "bfs"] },
  looks: {
    icon: "bgp",
    searched: true,
    menu: { group: "Network", title: "BGP filters", icon: "bgp" },
    template: { exportV4: [{ action: "Reject", matchOperator: "In", cidr: "192.0.2.0/24" }] },
  },
  laws: [
    "cidr and matchOperator are given together, a prefixLength with them.",
    "Operations change accepted routes alone, and each entry is one of them.",
  ],
  spec: z.strictObject({
    exportV4: listOf(rule4)
      .meta({ title: "Export, IPv4", description: "Rules for IPv4 routes sent to the peer, in order." })
      .optional(),
    importV4: listOf(rule4)
      .meta({ title: "Import, IPv4", description: "Rules for IPv4 routes from the peer, in order." })
      .optional(),
    exportV6: listOf(rule6)
      .meta({ title: "Export, IPv6", description: "Rules for IPv6 routes sent to the peer, in order." })
      .optional(),
    importV6: listOf(rule6)
      .meta({ title: "Import, IPv6", description: "Rules for IPv6 routes from the peer, in order." })
      .optional(),
  }),
  rules: (spec, report) => {
    for (const list of LISTS)
      for (const [i, one] of (spec[list] ?? []).entries()) checkRule(one, `spec.${list}[${i}]`, report);
  },
});
export type BGPFilter = ObjectOf<typeof BGPFilter>;

function checkRule(one: FilterRule, field: string, report: Report): void {
  const { cidr, matchOperator, prefixLength, operations = [], action } = one;
  if ((cidr === undefined) !== (matchOperator === undefined))
    report(
      `${field}.${cidr === undefined ? "cidr" : "matchOperator"}`,
      "FieldValueInvalid",
      "cidr and matchOperator must be given together",
    );
  if (prefixLength !== undefined && cidr === undefined)
    report(`${field}.prefixLength`, "FieldValueInvalid", "needs a cidr");
  if (operations.length > 0 && action !== "Accept")
    report(`${field}.operations`, "FieldValueInvalid", `need action Accept, got ${action}`);
  for (const [i, entry] of operations.entries())
    if (Object.values(entry).filter((value) => value !== undefined).length !== 1)
      report(
        `${field}.operations[${i}]`,
        "FieldValueInvalid",
        `must be exactly one operation, got ${show(Object.keys(entry))}`,
      );
}
