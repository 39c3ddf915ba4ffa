"use client";
import type { BothWays, EffectiveView, EndpointRowView } from "@percale/api";
import { formatRef, type ObjectRef, refOf, WorkloadEndpoint } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { useNamedObjects } from "../../../live/objects.ts";
import { formatOpen, pathOf } from "../../../words/kinds.ts";
import { Gone } from "../../../parts/gone.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { ProtectionMark } from "../../../parts/protection.tsx";
import { Sentence } from "../../../parts/sentence.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Failed, Loaded, SkeletonRows } from "../../../parts/states.tsx";
import { Tabs } from "../../../parts/tabs.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type NamedEndpoint, useNamedEndpoint } from "../../../live/endpoint-list.ts";
import type { EndpointObject } from "../../../policy/endpoint.ts";
import { endsInProfiles } from "../../../policy/protection.ts";
import { orderOf, rulesOf } from "../../../policy/spec.ts";
import { useTRPC } from "../../../trpc/client.ts";
import { orderText } from "../policies/view.ts";
import { endpointRow, type InForce, inForce, type States } from "./view.ts";

/** One endpoint, by any name that it has: its facts, then every policy that applies, in the order in which a packet meets them. */
export function EndpointPanel(props: { readonly name: string; readonly states: States; readonly onClose: () => void }) {
  const { found, error, refetch } = useNamedEndpoint(props.name);
  if (found != null) return <Found {...props} found={found} />;
  const [namespace = "", name = ""] = props.name.split("/");
  return (
    <Panel label="Endpoint" title={<h2 className="mono">{props.name}</h2>} onClose={props.onClose}>
      {found === null ? (
        <Gone openRef={{ kind: WorkloadEndpoint.kind, namespace, name }} />
      ) : error === null ? (
        <SkeletonRows rows={6} />
      ) : (
        <Failed error={error} what="the endpoint" onRetry={refetch} />
      )}
    </Panel>
  );
}

function Found(props: {
  readonly found: NonNullable<NamedEndpoint["found"]>;
  readonly states: States;
  readonly onClose: () => void;
}) {
  const { states, onClose } = props;
  const { row: endpoint, object } = props.found;
  const spec = object.spec as EndpointObject["spec"];
  const row = endpointRow(endpoint, { coverage: "waiting", states });
  const url = useUrlState();
  const effective = useEffective(endpoint);
  const direction = url.get("tab") === "egress" ? "egress" : "ingress";
  return (
    <Panel
      label="Endpoint"
      title={
        <>
          <Icon name="endpoints" />
          <h2>
            <ObjectName namespace={endpoint.namespace} name={endpoint.name} />
          </h2>
        </>
      }
      tools={
        <Link
          className="btn ghost icon"
          href={pathOf({ kind: WorkloadEndpoint.kind, namespace: endpoint.namespace, name: endpoint.objectName })}
          aria-label="Open as page"
          title="Open as page"
        >
          <Icon name="open" />
        </Link>
      }
      onClose={onClose}
      footer={
        <>
          <Link className="btn" href={`/reach?dst=${row.text}`}>
            Reach to it
          </Link>
          <Link className="btn" href={`/reach?src=${row.text}`}>
            Reach from it
          </Link>
        </>
      }
    >
      <dl className="kv">
        <dt>State</dt>
        <dd>
          <SeverityMark severity={row.severity} text={row.state} />
        </dd>
        <dt>Addresses</dt>
        <dd className="mono">{endpoint.addresses.join(", ")}</dd>
        <dt>Node</dt>
        <dd>
          <Link className="link mono" href={`/nodes/${endpoint.node}`}>
            {endpoint.node}
          </Link>
        </dd>
        <dt>Interface</dt>
        <dd className="mono">{spec.interfaceName ?? "–"}</dd>
        {spec.mac !== undefined && (
          <>
            <dt>MAC</dt>
            <dd className="mono">{spec.mac}</dd>
          </>
        )}
        {spec.ports !== undefined && spec.ports.length > 0 && (
          <>
            <dt>Named ports</dt>
            <dd>{spec.ports.map((port) => `${port.name} ${port.protocol} ${port.port}`).join(", ")}</dd>
          </>
        )}
        <dt>Profiles</dt>
        <dd className="mono">{spec.profiles?.join(", ") ?? "none"}</dd>
        <dt>Labels</dt>
        <dd>
          {Object.entries(endpoint.labels).map(([key, value]) => (
            <span key={key} className="lbl">
              {key}={value}
            </span>
          ))}
        </dd>
      </dl>
      <section className="sect">
        <div className="sh">
          <h3 className="h3">Effective policy</h3>
          <span className="end sm">in evaluation order</span>
        </div>
        <Tabs
          label="Direction"
          current={direction}
          onSelect={(id) => url.set({ tab: id === "ingress" ? undefined : id })}
          tabs={[
            { id: "ingress", title: "Ingress", count: countOf(effective.ingress) },
            { id: "egress", title: "Egress", count: countOf(effective.egress) },
          ]}
        />
        <Loaded query={{ ...effective, data: effective[direction] }} what="effective policy" rows={4}>
          {(tiers) => (
            <>
              {effective.protection !== undefined && (
                <p className="eff-sum">
                  <ProtectionMark protection={effective.protection[direction]} whole />
                </p>
              )}
              {tiers.map((tier) => (
                <TierRules key={tier.name} tier={tier} direction={direction} />
              ))}
              <div className="eff-end">
                {effective.protection !== undefined && !endsInProfiles(effective.protection[direction]) ? (
                  <span className="muted">Profiles are never asked.</span>
                ) : (
                  <>
                    <span className="muted">Then profiles:</span>{" "}
                    <span className="mono">{spec.profiles?.join(", ") ?? "none, so Deny"}</span>
                  </>
                )}
              </div>
            </>
          )}
        </Loaded>
      </section>
    </Panel>
  );
}

/** What the server says is in force, with the rules of each policy; undefined until it has said so. */
function useEffective({ namespace, objectName }: EndpointRowView): {
  readonly ingress: readonly InForce[] | undefined;
  readonly egress: readonly InForce[] | undefined;
  readonly protection: BothWays | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
} {
  const trpc = useTRPC();
  const ref = { kind: WorkloadEndpoint.kind, namespace, name: objectName };
  const { data, error, refetch } = useQuery(trpc.policy.effective.queryOptions(ref));
  const policies = useNamedObjects(useMemo(() => policiesIn(data), [data]));
  const halves = useMemo(() => {
    const half = (direction: "ingress" | "egress") =>
      data && (policies.loaded ? inForce(data, direction, policies.objects) : undefined);
    return { ingress: half("ingress"), egress: half("egress") };
  }, [data, policies.objects, policies.loaded]);
  return {
    ...halves,
    protection: data?.protection,
    error: error ?? policies.error,
    refetch: () => {
      void refetch();
      policies.refetch();
    },
  };
}

/** Each once. */
function policiesIn(effective: EffectiveView | undefined): readonly ObjectRef[] {
  const refs = (effective?.tiers ?? []).flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  return [...new Map(refs.map(({ tier: _tier, ...ref }) => [formatRef(ref), ref])).values()];
}

function countOf(tiers: readonly InForce[] | undefined): number | undefined {
  return tiers?.reduce((sum, { policies }) => sum + policies.length, 0);
}

function TierRules({ tier, direction }: { readonly tier: InForce; readonly direction: "ingress" | "egress" }) {
  return (
    <div className="eff-tier">
      <div className="eff-name muted sm">
        tier {tier.name}
        {!tier.reach.isReached && ", where nothing comes any more"}
      </div>
      {tier.policies.map((policy) => (
        <div key={formatOpen(refOf(policy))} className="eff-policy">
          <Link className="rowb" href={`/policies?open=${formatOpen(refOf(policy))}`}>
            <Icon name={policy.metadata.namespace === undefined ? "global" : "ns"} className="muted" />
            <ObjectName namespace={policy.metadata.namespace} name={policy.metadata.name} />
            <span className="muted sm right">order {orderText(orderOf(policy))}</span>
          </Link>
          <ol>
            {rulesOf(policy, direction).map((rule, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- rules have no name, only a place
              <li key={index}>
                <span className="muted sm">{index + 1}</span>
                <Sentence rule={rule} />
              </li>
            ))}
          </ol>
        </div>
      ))}
      {tier.reach.isEndReached && (
        <div className="eff-end">
          <span className="muted">End of tier {tier.name}:</span>{" "}
          <b className={tier.defaultAction === "Pass" ? "pass" : "deny"}>{tier.defaultAction}</b>
        </div>
      )}
    </div>
  );
}
