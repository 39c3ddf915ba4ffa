"use client";
import {
  formatRef,
  GlobalNetworkSet,
  type KubeObject,
  NetworkSet,
  Profile,
  refOf,
  Tier,
} from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EndpointLinks } from "../endpoint-links.tsx";
import type { ReactNode } from "react";
import { UseList } from "../../app/(main)/network-sets/use-list.tsx";
import { useSetUse } from "../../live/set-use.ts";
import { useTRPC } from "../../trpc/client.ts";
import { pathOf } from "../../words/kinds.ts";
import { counted, formatCount } from "../../words/number.ts";
import { isUntold } from "../../words/untold.ts";
import { ObjectName } from "../object-name.tsx";
import { UntoldMark } from "../untold.tsx";

/** Of the kinds that others are about: who. A kind with a member here has a card for it. */
const USES: Readonly<Partial<Record<string, (props: { readonly object: KubeObject }) => ReactNode>>> = {
  [NetworkSet.kind]: SetUse,
  [GlobalNetworkSet.kind]: SetUse,
  [Profile.kind]: ProfileUse,
  [Tier.kind]: TierUse,
};

export function UsedBy({ object }: { readonly object: KubeObject }) {
  const Use = USES[object.kind];
  return Use === undefined ? null : <Use object={object} />;
}

/** The rules that select a set. */
function SetUse({ object }: { readonly object: KubeObject }) {
  const told = useSetUse();
  const use = isUntold(told) ? told : told.get(formatRef(refOf(object)));
  const isTold = !isUntold(use);
  return (
    <Card note={isTold ? use === undefined ? "no rule" : counted(use.count, "rule") : <UntoldMark untold={use} />}>
      {isTold && use !== undefined ? (
        <UseList use={use} />
      ) : (
        <p className="muted">{isTold && "No rule’s selector matches its labels: it decides nothing."}</p>
      )}
    </Card>
  );
}

const FIRST = 6;

/** The endpoints that have a profile. */
function ProfileUse({ object }: { readonly object: KubeObject }) {
  const { data } = useQuery(useTRPC().lists.endpoints.queryOptions({ profile: object.metadata.name, limit: FIRST }));
  if (data === undefined) return null;
  const { rows, matched } = data;
  return (
    <Card note={counted(matched, "endpoint")}>
      <EndpointLinks className="sum-uses" rows={rows} matched={matched} />
    </Card>
  );
}

/** The policies of a tier, in the order in which they are asked. */
function TierUse({ object }: { readonly object: KubeObject }) {
  const { name } = object.metadata;
  const { data } = useQuery(useTRPC().board.tiers.queryOptions({ windows: [{ tier: name, at: 0, limit: FIRST }] }));
  const tier = data?.tiers.find((one) => one.name === name);
  if (tier === undefined) return null;
  const { cards, total } = tier;
  return (
    <Card note={counted(total, "policy", "policies")}>
      <ol className="sum-uses">
        {cards.map(({ ref }) => (
          <li key={formatRef(ref)}>
            <Link href={pathOf(ref)}>
              <ObjectName namespace={ref.namespace} name={ref.name} />
            </Link>
          </li>
        ))}
      </ol>
      {total === 0 && <p className="muted">A tier without a policy is passed by.</p>}
      {total > cards.length && <p className="muted">And {formatCount(total - cards.length)} more.</p>}
    </Card>
  );
}

function Card({ note, children }: { readonly note: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="card" aria-label="Used by">
      <div className="ch">
        <h2 className="h2">Used by</h2>
        <span className="muted">{note}</span>
      </div>
      <div className="cb">{children}</div>
    </section>
  );
}
