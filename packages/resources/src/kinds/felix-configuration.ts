import * as z from "zod";
import { defineResource } from "../define.ts";
import type { Immutable, ObjectOf } from "../define.ts";
import { selector } from "../scalars/schemas.ts";
import { bpfRows } from "./felix/bpf.ts";
import { dataplaneRows } from "./felix/dataplane.ts";
import { generalRows } from "./felix/general.ts";
import { felixGroups } from "./felix/groups.ts";
import type { Row } from "./felix/row.ts";

const MAX_ROUTE_TABLES = 65_535;

const rows = { ...generalRows, ...dataplaneRows, ...bpfRows };
type Rows = typeof rows;

const parameters = mapRows(rows, (row) => row.schema) as { [K in keyof Rows]: Rows[K]["schema"] }; // one schema per row

/** What the agent does where no layer sets a field, stated once beside each field. Durations are Go text. */
export const felixDefaults = mapRows(rows, (row) => row.fallback) as Immutable<{
  [K in keyof Rows]: Rows[K]["fallback"];
}>; // one default per row

/** Source: projectcalico/calico `felix/config/config_params.go`, `api/pkg/apis/projectcalico/v3/felixconfig.go`. */
export const FelixConfiguration = defineResource({
  kind: "FelixConfiguration",
  scope: "Cluster",
  description:
    "Settings of the node agents: the object default for all, node.NAME for one, any other name for the nodes its nodeSelector picks. The narrower object wins, field by field.",
  shortNames: ["felixconfig", "felixconfigs"],
  words: { one: "Felix configuration", many: "Felix configurations" },
  traits: {
    readBy: ["graph", "evaluator"],
    // Of those that select nodes the oldest counts.
    shared: ["metadata.creationTimestamp", "spec"],
  },
  looks: { page: "settings", settings: { title: "Felix", groups: felixGroups(Object.keys(rows)) } },
  laws: [
    "nodeSelector is not for default and node.NAME, whose names say which nodes are meant; of several objects that select a node the oldest counts.",
    "bpfConnectTimeLoadBalancingEnabled, which is old, sets bpfConnectTimeLoadBalancing and bpfHostNetworkedNATWithoutCTLB.",
    "routeTableRange excludes routeTableRanges; these hold at most 65535 tables.",
  ],
  spec: z.strictObject({
    nodeSelector: selector
      .meta({ title: "Nodes", description: "The nodes this object is for. Not in default and node.NAME." })
      .optional(),
    ...parameters,
  }),
  complete: ({ spec }) => {
    const old = spec.bpfConnectTimeLoadBalancingEnabled;
    spec.nftablesMode ??= "Auto";
    spec.nftablesFlowTableOffload ??= "Disabled";
    spec.floatingIPs ??= "Disabled";
    spec.bpfConnectTimeLoadBalancing ??= "TCP";
    spec.bpfHostNetworkedNATWithoutCTLB ??= "Enabled";
    if (old === undefined) return;
    spec.bpfConnectTimeLoadBalancing = old ? "Enabled" : "Disabled";
    spec.bpfHostNetworkedNATWithoutCTLB = "Disabled";
  },
  rules: (spec, report, { name }) => {
    if (spec.nodeSelector !== undefined && (name === "default" || name.startsWith("node.")))
      report(
        "spec.nodeSelector",
        "FieldValueForbidden",
        `not allowed in ${name}, whose name says which nodes are meant; use another name`,
      );
    if (spec.routeTableRange !== undefined && spec.routeTableRanges !== undefined)
      report(
        "spec.routeTableRange",
        "FieldValueForbidden",
        "cannot be combined with routeTableRanges; keep routeTableRanges",
      );
    const range = spec.routeTableRange;
    if (range !== undefined && range.min > range.max)
      report("spec.routeTableRange", "FieldValueInvalid", `min must be <= max, got ${range.min} and ${range.max}`);
    let tables = 0;
    for (const [i, { min, max }] of (spec.routeTableRanges ?? []).entries()) {
      if (min > max)
        report(`spec.routeTableRanges[${i}]`, "FieldValueInvalid", `min must be <= max, got ${min} and ${max}`);
      tables += Math.max(max - min + 1, 0);
    }
    if (tables > MAX_ROUTE_TABLES)
      report("spec.routeTableRanges", "FieldValueInvalid", `may have ${MAX_ROUTE_TABLES} tables in all, got ${tables}`);
  },
});
export type FelixConfiguration = ObjectOf<typeof FelixConfiguration>;

function mapRows<T>(rows: Readonly<Record<string, Row>>, part: (row: Row) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, part(row)]));
}
