/** Cells that are no field as it stands: how kubectl writes ports, selectors and counts. */
import type { KubeObject } from "../object.ts";
import type { CalicoNodeStatus } from "./calico-node-status.ts";
import type { EndpointSlice } from "./kubernetes/endpoint-slice.ts";
import type { KubernetesNetworkPolicy } from "./kubernetes/network-policy.ts";
import type { Service } from "./kubernetes/service.ts";
import type { ServiceAccount } from "./kubernetes/service-account.ts";

type Cell = string | number | null;
type Status = NonNullable<CalicoNodeStatus["status"]>;
type Class = CalicoNodeStatus["spec"]["classes"][number];

/** Named apart from what they do: kinds name them, and they read kinds. */
export type CellName =
  | "secrets.count"
  | "service.clusterIP"
  | "service.externalIP"
  | "service.ports"
  | "service.selector"
  | "slice.ports"
  | "slice.endpoints"
  | "policy.pods"
  | "nodeStatus.classes"
  | "nodeStatus.interval"
  | "nodeStatus.updated"
  | "nodeStatus.agent"
  | "nodeStatus.sessions4"
  | "nodeStatus.sessions6"
  | "nodeStatus.routes4"
  | "nodeStatus.routes6";

/** How many of a list are written out. */
const MANY = 3;

/** Each is asked of objects of its kind only. */
const CELLS: Readonly<Record<CellName, (object: KubeObject, ago: (time: string) => string) => Cell>> = {
  "secrets.count": (object) => (object as unknown as ServiceAccount).secrets?.length ?? 0,
  "service.clusterIP": (object) => (object as Service).spec.clusterIP ?? "None",
  "service.externalIP": externalIP,
  "service.ports": (object) =>
    some(
      (object as Service).spec.ports?.map(
        ({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol}`,
      ),
      Infinity,
    ),
  "service.selector": (object) => pairs((object as Service).spec.selector ?? {}),
  "slice.ports": (object) =>
    some(
      (object as unknown as EndpointSlice).ports?.map(({ port }) => (port === undefined ? "*" : String(port))),
      MANY,
      "<unset>",
    ),
  "slice.endpoints": (object) =>
    some(
      (object as unknown as EndpointSlice).endpoints.flatMap(({ addresses }) => addresses),
      MANY,
      "<unset>",
    ),
  "policy.pods": (object) => selectorText((object as KubernetesNetworkPolicy).spec.podSelector),
  "nodeStatus.classes": (object) => (object as CalicoNodeStatus).spec.classes.join(","),
  "nodeStatus.interval": (object) => `${(object as CalicoNodeStatus).spec.updatePeriodSeconds}s`,
  "nodeStatus.updated": (object, ago) => {
    const { lastUpdated } = (object as CalicoNodeStatus).status ?? {};
    return lastUpdated === undefined ? null : `${ago(lastUpdated)} ago`;
  },
  "nodeStatus.agent": ofClass("Agent", ({ agent = {} }) => {
    const daemons = [["v4", agent.birdV4?.state] as const, ["v6", agent.birdV6?.state] as const];
    return daemons.flatMap(([family, state]) => (state === undefined ? [] : [`${family}(${state})`])).join(" ");
  }),
  "nodeStatus.sessions4": ofClass("BGP", ({ bgp = {} }) => ratio(bgp.numberEstablishedV4, bgp.numberNotEstablishedV4)),
  "nodeStatus.sessions6": ofClass("BGP", ({ bgp = {} }) => ratio(bgp.numberEstablishedV6, bgp.numberNotEstablishedV6)),
  "nodeStatus.routes4": ofClass("Routes", ({ routes }) => learned(routes?.routesV4)),
  "nodeStatus.routes6": ofClass("Routes", ({ routes }) => learned(routes?.routesV6)),
};

/** `ago`: how long since a time. */
export function computedCell(name: CellName, object: KubeObject, ago: (time: string) => string): Cell {
  return CELLS[name](object, ago);
}

function externalIP(object: KubeObject): string {
  const { spec, status } = object as Service;
  if (spec.type === "ExternalName") return spec.externalName ?? "<none>";
  const given = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  const all = [...given, ...(spec.externalIPs ?? [])];
  return some(all, Infinity, spec.type === "LoadBalancer" ? "<pending>" : "<none>");
}

function some(items: readonly string[] | undefined, most: number, none = "<none>"): string {
  if (items === undefined || items.length === 0) return none;
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(",")} + ${more} more...` : items.join(",");
}

function pairs(labels: Readonly<Record<string, string>>): string {
  return some(
    Object.entries(labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`),
    Infinity,
  );
}

/** A label selector as kubectl writes it. */
function selectorText({
  matchLabels = {},
  matchExpressions = [],
}: KubernetesNetworkPolicy["spec"]["podSelector"]): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    switch (operator) {
      case "In":
        return `${key} in (${values.join(",")})`;
      case "NotIn":
        return `${key} notin (${values.join(",")})`;
      case "Exists":
        return key;
      case "DoesNotExist":
        return `!${key}`;
    }
  });
  const labels = Object.keys(matchLabels).length === 0 ? [] : [pairs(matchLabels)];
  return some([...labels, ...expressions], Infinity);
}

/** Empty where the class was not asked for, or is not answered. */
function ofClass(wanted: Class, cell: (status: Status) => Cell): (object: KubeObject) => Cell {
  return (object) => {
    const { spec, status } = object as CalicoNodeStatus;
    return status === undefined || !spec.classes.includes(wanted) ? null : cell(status);
  };
}

function ratio(up = 0, down = 0): string {
  return `${up}/${up + down}`;
}

function learned(routes: NonNullable<Status["routes"]>["routesV4"]): number {
  const isLearned = (type: string | undefined): boolean => type === "BGPPeer" || type === "NodeMesh";
  return (routes ?? []).filter(({ learnedFrom }) => isLearned(learnedFrom?.sourceType)).length;
}
