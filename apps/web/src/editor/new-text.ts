"use client";
import type { EffectiveView, EndpointRowView } from "@percale/api";
import {
  API_VERSION,
  DEFAULT_TIER,
  IPPool,
  type KubeObject,
  NetworkPolicy,
  type ObjectRef,
  WorkloadEndpoint,
} from "@percale/resources/catalog";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { stringify } from "yaml";
import { useNamedEndpoint } from "../live/endpoint-list.ts";
import { useNamedObjects, useObjects } from "../live/objects.ts";
import { useOutside } from "../live/trace.ts";
import { useTerms } from "../live/values.ts";
import { useUrlState } from "../parts/url-state.ts";
import { type DraftEnd, draftName, draftPolicy, type DraftRequest } from "../policy/draft.ts";
import type { PolicyObject } from "../policy/spec.ts";
import { useTRPC } from "../trpc/client.ts";
import { fromWire } from "../trpc/wire.ts";
import { definitionOf, parseOpen } from "../words/kinds.ts";
import { manifestOf } from "./document.ts";
import { newPool, type PoolLike } from "../ipam/new-pool.ts";
import { PASTED, useHandedOver } from "./handed-over.ts";
import { OUTSIDE, parseFrom, SPECS } from "./templates/templates.ts";

/** What a new object starts as: what was pasted, the object that it is a clone of, the drafted rule of a question (`verdict=Deny&src=…&dst=…`), else the kind's template. */
export function useNewText(kind: string): {
  readonly data: string | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
} {
  const url = useUrlState();
  const trpc = useTRPC();
  const [from, verdict] = [url.get("from"), url.get("verdict")];
  const handed = useHandedOver();
  const pasted = from === PASTED ? handed : undefined;
  const asked: Asked = {
    kind,
    from,
    verdict,
    source: url.get("src") ?? "",
    destination: url.get("dst") ?? "",
    port: Number(url.get("port") ?? ""),
    protocol: url.get("proto") ?? "TCP",
    tier: url.get("tier") ?? undefined,
  };
  const isQuestion = isVerdict(verdict) || parseFrom(from).id === OUTSIDE;
  const source = useNamedEndpoint(isQuestion ? asked.source : undefined);
  const destination = useNamedEndpoint(isQuestion ? asked.destination : undefined);
  const pools = useObjects(IPPool);
  const terms = useTerms();
  const to = destination.found?.row;
  const ref = to && { kind: WorkloadEndpoint.kind, namespace: to.namespace, name: to.objectName };
  const effective = useQuery(trpc.policy.effective.queryOptions(ref ?? skipToken));
  const inForce = useNamedObjects(useMemo(() => policiesInForce(effective.data), [effective.data]));
  const ends = { source: source.found?.row, destination: to, outside: useOutside(), pools: pools.items };
  const draft = draftOf(asked, ends);
  const like = draft && { kind: NetworkPolicy.kind, ns: draft.destination.namespace, q: draftName(draft), limit: 200 };
  const taken = useQuery(trpc.lists.objects.queryOptions(like ?? skipToken));
  const original = parseOpen(from);
  const clone = original?.kind === kind ? original : undefined;
  const copied = useQuery(trpc.objects.get.queryOptions(clone ?? skipToken));
  const ready =
    pools.loaded &&
    terms.data !== undefined &&
    [source, destination].every(({ isAsked, found }) => !isAsked || found !== undefined) &&
    (ref === undefined || (effective.data !== undefined && inForce.loaded)) &&
    (like === undefined || taken.data !== undefined) &&
    (clone === undefined || copied.data !== undefined);
  const data = useMemo(() => {
    if (!ready) return undefined;
    if (copied.data !== undefined) return cloneText(fromWire(copied.data));
    if (pasted !== undefined) return pasted;
    return newText(asked, {
      ...ends,
      namespaces: terms.data?.namespaces ?? [],
      applying: [...inForce.objects.values()] as PolicyObject[],
      taken: new Set(taken.data?.rows.map((row) => row.ref.name)),
    });
    // oxlint-disable-next-line react/exhaustive-deps -- the draft is made once, from what is known when the panel opens
  }, [...Object.values(asked), pasted, ready]);
  const queries = [source, destination, pools, terms, effective, inForce, taken, copied];
  return {
    data,
    error: queries.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const each of queries) if (each.error !== null) void each.refetch();
    },
  };
}

/** Those that a draft for the endpoint must go before. */
function policiesInForce(effective: EffectiveView | undefined): readonly ObjectRef[] {
  const inDefault = (effective?.tiers ?? []).filter(({ tier }) => tier === DEFAULT_TIER);
  return inDefault.flatMap(({ ingress }) => ingress.map(({ tier: _tier, ...policy }) => policy));
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

interface Ends {
  /** Whom the texts mean, where they mean an endpoint. */
  readonly source: EndpointRowView | undefined;
  readonly destination: EndpointRowView | undefined;
  readonly outside: ReadonlyMap<string, string>;
  readonly pools: readonly PoolLike[];
}

interface Known extends Ends {
  /** The most used first. */
  readonly namespaces: readonly { readonly name: string }[];
  /** Policies of tier `default` that are in force on the destination. */
  readonly applying: readonly PolicyObject[];
  /** Names in the destination's namespace. */
  readonly taken: ReadonlySet<string>;
}

/** The text for what was asked, with what is known of the cluster. */
export function newText(asked: Asked, known: Known): string {
  const { kind, tier, port, protocol } = asked;
  if (kind === IPPool.kind) {
    const { name, cidr } = newPool(known.pools);
    return templateOf(kind, { tier: undefined, namespace: "", name, spec: { cidr } });
  }
  const template = parseFrom(asked.from);
  const draft = draftOf(asked, known);
  if (draft === undefined) {
    const namespace = template.namespace ?? likelyNamespace(known.namespaces);
    return templateOf(kind, { tier, namespace, ...SPECS.get(template.id) });
  }
  const hasPort = Number.isInteger(port) && port > 0;
  return draftPolicy({
    ...draft,
    protocol: hasPort ? protocol : undefined,
    port: hasPort ? port : undefined,
    applying: known.applying,
    taken: known.taken,
  });
}

/** What a rule is asked for, and between whom; undefined where there is no question, or an end is nobody. */
function draftOf(asked: Asked, ends: Ends): Pick<DraftRequest, "action" | "source" | "destination"> | undefined {
  const isFromOutside = parseFrom(asked.from).id === OUTSIDE;
  const action = isFromOutside ? "Allow" : asked.verdict;
  const source = isFromOutside ? outsideOf(ends) : sourceOf(asked.source, ends);
  if (!isVerdict(action) || source === undefined || ends.destination === undefined) return undefined;
  return { action, source, destination: endOf(ends.destination) };
}

function endOf({ namespace, name, labels }: EndpointRowView): DraftEnd {
  return { namespace, name: shortName(name, labels), labels };
}

/** Every address that no pool gives out. */
function outsideOf({ pools }: Ends): DraftEnd {
  const notNets = pools.flatMap(({ spec: { cidr } }) => cidr ?? []);
  return { namespace: "", name: "outside", labels: {}, nets: { notNets } };
}

function sourceOf(text: string, { source, outside }: Ends): DraftEnd | undefined {
  if (source !== undefined) return endOf(source);
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
function likelyNamespace(namespaces: Known["namespaces"]): string {
  const isInUse = namespaces.some(({ name }) => name === "default");
  return isInUse ? "default" : (namespaces[0]?.name ?? "default");
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
  const { apiVersion = API_VERSION, servedKind = kind, flat = false } = definition ?? {};
  const fields = flat ? spec : { spec };
  return stringify({ apiVersion, kind: servedKind, metadata, ...fields }, { lineWidth: 0, indentSeq: false });
}
