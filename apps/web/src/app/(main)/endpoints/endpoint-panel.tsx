"use client";
import Link from "next/link";
import { useMemo } from "react";
import { useObjects } from "../../../live/objects.ts";
import { useSelectables } from "../../../live/endpoints.ts";
import { pathOf } from "../../../live/kinds.ts";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Sentence } from "../../../parts/sentence.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Tabs } from "../../../parts/tabs.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { selectedBy } from "../../../policy/selection.ts";
import type { PolicySpec, TierSpec } from "../../../policy/spec.ts";
import { boardColumns, orderText, type TierColumn } from "../policies/view.ts";
import type { EndpointRow } from "./view.ts";

/** One endpoint: its facts, then every policy that applies, in the order in which a packet meets them. */
export function EndpointPanel({ row, onClose }: { readonly row: EndpointRow; readonly onClose: () => void }) {
  const { endpoint } = row;
  const { spec } = endpoint.object;
  const url = useUrlState();
  const tiers = useObjects<TierSpec>("Tier");
  const global = useObjects<PolicySpec>("GlobalNetworkPolicy");
  const namespaced = useObjects<PolicySpec>("NetworkPolicy");
  const selectables = useSelectables();
  const columns = useMemo(() => {
    const self = selectables.items.filter((each) => each.endpoint.key === endpoint.key);
    const applying = [...global.items, ...namespaced.items].filter((policy) => selectedBy(self, policy).length > 0);
    return boardColumns(tiers.items, applying);
  }, [selectables.items, global.items, namespaced.items, tiers.items, endpoint.key]);
  const direction = url.get("tab") === "egress" ? "egress" : "ingress";
  const count = (which: "ingress" | "egress") =>
    columns.reduce((sum, column) => sum + column.cards.filter((card) => card[which]).length, 0);
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
          href={pathOf({ kind: "WorkloadEndpoint", namespace: endpoint.namespace, name: endpoint.objectName })}
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
            { id: "ingress", title: "Ingress", count: count("ingress") },
            { id: "egress", title: "Egress", count: count("egress") },
          ]}
        />
        {columns.map((column) => (
          <TierRules key={column.name} column={column} direction={direction} />
        ))}
        <div className="eff-end">
          <span className="muted">Then profiles:</span>{" "}
          <span className="mono">{spec.profiles?.join(", ") ?? "none, so Deny"}</span>
        </div>
      </section>
    </Panel>
  );
}

function TierRules({ column, direction }: { readonly column: TierColumn; readonly direction: "ingress" | "egress" }) {
  const cards = column.cards.filter((card) => card[direction]);
  if (cards.length === 0) return null;
  return (
    <div className="eff-tier">
      <div className="eff-name muted sm">tier {column.name}</div>
      {cards.map((card) => (
        <div key={card.key} className="eff-policy">
          <Link className="rowb" href={`/policies?open=${card.path}`}>
            <Icon name={card.namespace === undefined ? "global" : "ns"} className="muted" />
            <ObjectName namespace={card.namespace} name={card.name} />
            <span className="muted sm right">order {orderText(card.order)}</span>
          </Link>
          <ol>
            {(card.object.spec[direction] ?? []).map((rule, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index}>
                <span className="muted sm">{index + 1}</span>
                <Sentence rule={rule} />
              </li>
            ))}
          </ol>
        </div>
      ))}
      <div className="eff-end">
        <span className="muted">End of tier {column.name}:</span>{" "}
        <b className={column.defaultAction === "Pass" ? "pass" : "deny"}>{column.defaultAction}</b>
      </div>
    </div>
  );
}
