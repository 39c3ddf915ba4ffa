/** calicoctl's table of each kind. Source: projectcalico/calico `calicoctl/calicoctl/resourcemgr/*.go`. */
import type { KubeObject } from "@percale/resources";

type Fields = Readonly<Record<string, unknown>>;

/** What cells need to know beside their object. */
export interface TableContext {
  /** What nodes have that say nothing of their own. */
  readonly asNumber?: number | undefined;
}

type Cell = (spec: Fields, object: KubeObject, context: TableContext) => string;

export interface KindTable {
  readonly ps: readonly string[];
  readonly wide: readonly string[];
  readonly cells: Readonly<Record<string, Cell>>;
  readonly sorted?: (a: KubeObject, b: KubeObject) => number;
}

const CUT = 80;

const name: Cell = (_, { metadata }) => metadata.name;
/** As Go prints a value, and a pointer that points nowhere. */
const shown = (value: unknown): string => {
  if (value === undefined || value === null) return "<nil>";
  return typeof value === "string" ? value : JSON.stringify(value);
};
/** The first of them that says something. */
const firstOf = (...values: readonly unknown[]): string =>
  shown(values.find((value) => value !== undefined && value !== "") ?? "");
const part = (value: unknown, key: string): unknown => (value as Fields | undefined)?.[key];
const field =
  (key: string): Cell =>
  (spec) =>
    shown(spec[key]);
/** Of fields that are no pointers: the zero of their type where they are left out. */
const fieldOr =
  (key: string, zero: string): Cell =>
  (spec) =>
    shown(spec[key] ?? zero);
const orDash =
  (key: string): Cell =>
  (spec) =>
    shown(spec[key] ?? "-");
const list =
  (key: string, max = Infinity): Cell =>
  (spec) =>
    joinAndTruncate((spec[key] ?? []) as readonly unknown[], ",", max);
const count =
  (key: string): Cell =>
  (spec) =>
    String(((spec[key] ?? []) as readonly unknown[]).length);

/** calicoctl's own function of that name. */
export function joinAndTruncate(items: readonly unknown[], separator: string, max: number): string {
  const text = items.map(String).join(separator);
  return text.length > max ? `${text.slice(0, Math.max(max - 3, 0))}...` : text;
}

const NAME_ONLY: KindTable = { ps: ["NAME"], wide: ["NAME"], cells: { NAME: name } };

const POLICY: KindTable = {
  ps: ["NAME", "TIER"],
  wide: ["NAME", "TIER", "ORDER", "SELECTOR"],
  cells: { NAME: name, TIER: fieldOr("tier", "default"), ORDER: field("order"), SELECTOR: fieldOr("selector", "") },
};

function withWide(table: KindTable, heading: string, cell: Cell): KindTable {
  return { ...table, wide: [...table.wide, heading], cells: { ...table.cells, [heading]: cell } };
}

/** By kind. A kind that has none is shown as the server's own table has it. */
export const TABLES: Readonly<Record<string, KindTable>> = {
  BGPConfiguration: same(["NAME", "LOGSEVERITY", "MESHENABLED", "ASNUMBER"], {
    NAME: name,
    LOGSEVERITY: fieldOr("logSeverityScreen", ""),
    MESHENABLED: orDash("nodeToNodeMeshEnabled"),
    ASNUMBER: orDash("asNumber"),
  }),
  BGPFilter: same(["NAME", "NUMEXPORTV4", "NUMIMPORTV4", "NUMEXPORTV6", "NUMIMPORTV6"], {
    NAME: name,
    NUMEXPORTV4: count("exportV4"),
    NUMIMPORTV4: count("importV4"),
    NUMEXPORTV6: count("exportV6"),
    NUMIMPORTV6: count("importV6"),
  }),
  BGPPeer: same(["NAME", "PEERIP", "NODE", "ASN"], {
    NAME: name,
    PEERIP: fieldOr("peerIP", ""),
    NODE: ({ node, nodeSelector }) => firstOf(node, nodeSelector, "(global)"),
    ASN: fieldOr("asNumber", "0"),
  }),
  ClusterInformation: same(["NAME", "CLUSTERGUID", "CLUSTERTYPE", "CALICOVERSION", "DATASTOREREADY"], {
    NAME: name,
    CLUSTERGUID: fieldOr("clusterGUID", ""),
    CLUSTERTYPE: fieldOr("clusterType", ""),
    CALICOVERSION: fieldOr("calicoVersion", ""),
    DATASTOREREADY: field("datastoreReady"),
  }),
  FelixConfiguration: NAME_ONLY,
  KubeControllersConfiguration: NAME_ONLY,
  GlobalNetworkPolicy: POLICY,
  NetworkPolicy: POLICY,
  StagedGlobalNetworkPolicy: POLICY,
  StagedNetworkPolicy: POLICY,
  StagedKubernetesNetworkPolicy: withWide(NAME_ONLY, "PODSELECTOR", ({ podSelector }) => labelSelector(podSelector)),
  GlobalNetworkSet: withWide(NAME_ONLY, "NETS", list("nets", CUT)),
  NetworkSet: withWide(NAME_ONLY, "NETS", list("nets", CUT)),
  HostEndpoint: {
    ps: ["NAME", "NODE"],
    wide: ["NAME", "NODE", "INTERFACE", "IPS", "PROFILES"],
    cells: {
      NAME: name,
      NODE: fieldOr("node", ""),
      INTERFACE: fieldOr("interfaceName", ""),
      IPS: list("expectedIPs"),
      PROFILES: list("profiles"),
    },
  },
  IPAMConfiguration: {
    ps: ["NAME", "STRICTAFFINITY", "AUTOALLOCATEBLOCKS"],
    wide: ["NAME", "STRICTAFFINITY", "AUTOALLOCATEBLOCKS", "MAXBLOCKSPERHOST"],
    cells: {
      NAME: name,
      STRICTAFFINITY: fieldOr("strictAffinity", "false"),
      AUTOALLOCATEBLOCKS: fieldOr("autoAllocateBlocks", "false"),
      MAXBLOCKSPERHOST: fieldOr("maxBlocksPerHost", "0"),
    },
  },
  IPPool: {
    ps: ["NAME", "CIDR", "SELECTOR"],
    wide: [
      "NAME",
      "CIDR",
      "NAT",
      "IPIPMODE",
      "VXLANMODE",
      "DISABLED",
      "DISABLEBGPEXPORT",
      "SELECTOR",
      "ASSIGNMENTMODE",
    ],
    cells: {
      NAME: name,
      CIDR: fieldOr("cidr", ""),
      NAT: fieldOr("natOutgoing", "false"),
      IPIPMODE: fieldOr("ipipMode", "Never"),
      VXLANMODE: fieldOr("vxlanMode", "Never"),
      DISABLED: fieldOr("disabled", "false"),
      DISABLEBGPEXPORT: fieldOr("disableBGPExport", "false"),
      SELECTOR: fieldOr("nodeSelector", ""),
      ASSIGNMENTMODE: field("assignmentMode"),
    },
  },
  IPReservation: withWide(NAME_ONLY, "CIDRS", list("reservedCIDRs", CUT)),
  Node: {
    ps: ["NAME"],
    wide: ["NAME", "ASN", "IPV4", "IPV6"],
    cells: {
      NAME: name,
      ASN: ({ bgp }, _, { asNumber }) => firstOf(part(bgp, "asNumber"), `(${asNumber ?? DEFAULT_AS})`),
      IPV4: ({ bgp }) => firstOf(part(bgp, "ipv4Address")),
      IPV6: ({ bgp }) => firstOf(part(bgp, "ipv6Address")),
    },
  },
  CalicoNodeStatus: {
    ps: ["NAME", "NODE"],
    wide: ["NAME", "NODE", "CLASSES"],
    cells: { NAME: name, NODE: fieldOr("node", ""), CLASSES: list("classes") },
  },
  Profile: withWide(NAME_ONLY, "LABELS", ({ labelsToApply }) => pairs((labelsToApply ?? {}) as Fields)),
  Tier: {
    ...same(["NAME", "ORDER"], { NAME: name, ORDER: field("order") }),
    sorted: (a, b) => orderOf(a) - orderOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  },
  WorkloadEndpoint: {
    ps: ["WORKLOAD", "NODE", "NETWORKS", "INTERFACE"],
    wide: ["NAME", "WORKLOAD", "NODE", "NETWORKS", "INTERFACE", "PROFILES", "NATS"],
    cells: {
      NAME: name,
      WORKLOAD: ({ workload, pod, containerID }) => firstOf(workload, pod, containerID),
      NODE: fieldOr("node", ""),
      NETWORKS: list("ipNetworks"),
      INTERFACE: fieldOr("interfaceName", ""),
      PROFILES: list("profiles"),
      NATS: ({ ipNATs }) =>
        ((ipNATs ?? []) as readonly Fields[])
          .map((nat) => `${String(nat["externalIP"])}->${String(nat["internalIP"])}`)
          .join(","),
    },
  },
};

/** Calico's, where nothing is said. */
export const DEFAULT_AS = 64_512;

function same(headings: readonly string[], cells: KindTable["cells"]): KindTable {
  return { ps: headings, wide: headings, cells };
}

/** One without an order comes last. */
function orderOf({ spec }: KubeObject): number {
  const { order } = (spec ?? {}) as { readonly order?: number };
  return order ?? Number.MAX_VALUE;
}

function pairs(labels: Fields): string {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
}

/** As kubectl writes one. */
function labelSelector(value: unknown): string {
  const { matchLabels = {}, matchExpressions = [] } = (value ?? {}) as {
    readonly matchLabels?: Fields;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: string[];
    }[];
  };
  const terms = matchExpressions.map(({ key, operator, values = [] }) => {
    switch (operator) {
      case "Exists":
        return key;
      case "DoesNotExist":
        return `!${key}`;
      default:
        return `${key} ${operator.toLowerCase()} (${values.join(",")})`;
    }
  });
  return [...(Object.keys(matchLabels).length > 0 ? [pairs(matchLabels)] : []), ...terms].join(",");
}
