"use client";
import type { EffectiveView } from "@percale/api";
import {
  API_VERSION,
  DEFAULT_TIER,
  formatRef,
  IPPool,
  type KubeObject,
  refOf,
  WorkloadEndpoint,
} from "@percale/resources/catalog";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { stringify } from "yaml";
import { useEndpoints } from "../live/endpoints.ts";
import { fromWire } from "../trpc/wire.ts";
import { definitionOf, parseOpen } from "../words/kinds.ts";
import { manifestOf } from "./document.ts";
import { newPool, type PoolLike } from "../ipam/new-pool.ts";
import { handedOver, PASTED } from "./handed-over.ts";
import { useObjects } from "../live/objects.ts";
import { useOutside } from "../live/trace.ts";
import { usePolicies } from "../live/policies.ts";
import { useUrlState } from "../parts/url-state.ts";
import { type DraftEnd, draftPolicy } from "../policy/draft.ts";
import { type Endpoint, findEndpoint } from "../policy/endpoint.ts";
import type { PolicyObject } from "../policy/spec.ts";
import { useTRPC } from "../trpc/client.ts";
import { OUTSIDE, parseFrom, SPECS } from "./templates/templates.ts";

/** What a new object starts as: what was pasted, the object that it is a clone of, the drafted rule of a question (`verdict=Deny&src=…&dst=…`), else the kind's template. */
export function useNewText(kind: string): {
  readonly data: string | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
} {
  const url = useUrlState();
  const outside = useOutside();
  const endpoints = useEndpoints();
  const policies = usePolicies();
  const from = url.get("from");
  const verdict = url.get("verdict");
  const source = url.get("src") ?? "";
  const destination = url.get("dst") ?? "";
  const port = Number(url.get("port") ?? "");
  const protocol = url.get("proto") ?? "TCP";
  const tier = url.get("tier") ?? undefined;
  const trpc = useTRPC();
  const pools = useObjects(IPPool);
  const to = isVerdict(verdict) || from === OUTSIDE ? findEndpoint(endpoints.items, destination) : undefined;
  const ref = to && { kind: WorkloadEndpoint.kind, namespace: to.namespace, name: to.objectName };
  const asked = useQuery(trpc.policy.effective.queryOptions(ref ?? skipToken));
  const original = parseOpen(from);
  const copied = useQuery(trpc.objects.get.queryOptions(original?.kind === kind ? original : skipToken));
  const clone = original?.kind === kind ? copied.data : undefined;
  const effective = asked.data;
  const ready =
    endpoints.loaded &&
    policies.loaded &&
    pools.loaded &&
    (to === undefined || effective !== undefined) &&
    (original?.kind !== kind || clone !== undefined);
  const data = useMemo(() => {
    if (!ready) return undefined;
    if (clone !== undefined) return cloneText(fromWire(clone));
    const pasted = from === PASTED ? handedOver() : undefined;
    if (pasted !== undefined) return pasted;
    const known = { endpoints: endpoints.items, outside, policies: policies.items, pools: pools.items, effective };
    return newText({ kind, from, verdict, source, destination, port, protocol, tier }, known);
    // oxlint-disable-next-line react/exhaustive-deps -- the draft is made once, from what is known when the panel opens
  }, [kind, from, verdict, source, destination, port, protocol, tier, ready]);
  const sources = [endpoints, policies, pools, asked, copied];
  return {
    data,
    error: sources.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const each of sources) if (each.error !== null) void each.refetch();
    },
  };
}

/** The object again under a name that is still to be given, without what its owner or the system wrote on it. */
export function cloneText(object: KubeObject): string {
  const { labels, annotations, finalizers: _finalizers, ...metadata } = object.metadata;
  const own = (map: Readonly<Record<string, string>> = {}) => {
    const kept = Object.entries(map).filter(([key]) => !SYSTEM_KEY.test(key));
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  };
  const [ownLabels, ownAnnotations] = [own(labels), own(annotations)];
  return manifestOf({
    ...object,
    metadata: {
      ...metadata,
      name: "",
      ...(ownLabels !== undefined && { labels: ownLabels }),
      ...(ownAnnotations !== undefined && { annotations: ownAnnotations }),
    },
  });
}

/** Who else writes an object says so by these; a clone is nobody's yet. */
const SYSTEM_KEY =
  /^(projectcalico\.org\/|argocd\.argoproj\.io\/|[a-z]+\.toolkit\.fluxcd\.io\/|app\.kubernetes\.io\/managed-by$|kubectl\.kubernetes\.io\/)/;

interface Asked {
  readonly kind: string;
  /** A template. */
  readonly from: string | null;
  readonly verdict: string | null;
  readonly source: string;
  readonly destination: string;
  /** NaN where none was named. */
  readonly port: number;
  readonly protocol: string;
  readonly tier: string | undefined;
}

interface Known {
  readonly endpoints: readonly Endpoint[];
  readonly outside: ReadonlyMap<string, string>;
  readonly policies: readonly PolicyObject[];
  readonly pools: readonly PoolLike[];
  /** What is in force on the destination. */
  readonly effective: Pick<EffectiveView, "tiers"> | undefined;
}

/** The text for what was asked, with what is known of the cluster. */
export function newText(asked: Asked, known: Known): string {
  const { kind, tier, port, protocol } = asked;
  const { endpoints, policies, effective } = known;
  if (kind === IPPool.kind) {
    const { name, cidr } = newPool(known.pools);
    return templateOf(kind, { tier: undefined, namespace: "", name, spec: { cidr } });
  }
  const template = parseFrom(asked.from);
  const plain = templateOf(kind, {
    tier,
    namespace: template.namespace ?? likelyNamespace(endpoints),
    ...SPECS.get(template.id),
  });
  const action = template.id === OUTSIDE ? "Allow" : asked.verdict;
  if (!isVerdict(action)) return plain;
  const source = template.id === OUTSIDE ? outsideOf(known) : sourceOf(asked.source, known);
  const to = findEndpoint(endpoints, asked.destination);
  if (to === undefined || source === undefined) return plain;
  const inForce = new Set(
    (effective?.tiers ?? [])
      .filter(({ tier }) => tier === DEFAULT_TIER)
      .flatMap(({ ingress }) => ingress.map((policy) => formatRef(policy))),
  );
  const hasPort = Number.isInteger(port) && port > 0;
  return draftPolicy({
    action,
    source,
    destination: { namespace: to.namespace, name: shortName(to.name, to.labels), labels: to.labels },
    protocol: hasPort ? protocol : undefined,
    port: hasPort ? port : undefined,
    applying: policies.filter((policy) => inForce.has(formatRef(refOf(policy)))),
    taken: new Set(policies.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)),
  });
}

/** Every address that no pool gives out. */
function outsideOf({ pools }: Known): DraftEnd {
  const notNets = pools.flatMap(({ spec: { cidr } }) => cidr ?? []);
  return { namespace: "", name: "outside", labels: {}, nets: { notNets } };
}

function sourceOf(text: string, { endpoints, outside }: Known): DraftEnd | undefined {
  const from = findEndpoint(endpoints, text);
  if (from !== undefined)
    return { namespace: from.namespace, name: shortName(from.name, from.labels), labels: from.labels };
  const net = netOf(outside.get(text) ?? text);
  if (net === undefined) return undefined;
  return { namespace: "", name: text.replaceAll(/[^a-z0-9]+/g, "-"), labels: {}, nets: { nets: [net] } };
}

function isVerdict(text: string | null): text is "Allow" | "Deny" {
  return text === "Allow" || text === "Deny";
}

/** The name people know: the `app` label rather than a pod's random suffix. */
function shortName(name: string, labels: Readonly<Record<string, string>>): string {
  return labels["app"] ?? labels["app.kubernetes.io/name"] ?? name;
}

/** One address as a net. */
function netOf(text: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return `${text}/32`;
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:]+$/.test(text) ? `${text}/128` : undefined;
}

/** One that exists: `default` if workloads are in it, else where most of them are. */
function likelyNamespace(endpoints: readonly Endpoint[]): string {
  const sizes = new Map<string, number>();
  for (const { namespace } of endpoints) sizes.set(namespace, (sizes.get(namespace) ?? 0) + 1);
  if (sizes.has("default")) return "default";
  const [largest] = [...sizes].sort(([, a], [, b]) => b - a);
  return largest?.[0] ?? "default";
}

function templateOf(
  kind: string,
  more: {
    readonly tier: string | undefined;
    readonly namespace: string;
    readonly name?: string;
    readonly spec?: object;
  },
): string {
  const definition = definitionOf(kind);
  const metadata = {
    name: more.name ?? "",
    ...(definition?.namespaced === true && { namespace: more.namespace }),
  };
  const spec = {
    ...definition?.looks.template,
    ...(definition?.traits.tiered === true && more.tier !== undefined && { tier: more.tier }),
    ...more.spec,
  };
  const { apiVersion = API_VERSION } = definition ?? {};
  return stringify({ apiVersion, kind, metadata, spec }, { lineWidth: 0, indentSeq: false });
}
