"use client";
import type { KubeObject } from "@percale/resources/catalog";
import { hrefOf } from "../app/(main)/reach/questions.ts";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type ReactNode, useDeferredValue } from "react";
import { useTold } from "../live/failing.ts";
import { Failed, SkeletonRows } from "../parts/states.tsx";
import { NameOf } from "../parts/object-name.tsx";
import { verdictMark } from "../parts/verdict.tsx";
import { Icon } from "../parts/icon.tsx";
import { failureOf, useTRPC } from "../trpc/client.ts";
import { toWire } from "../trpc/wire.ts";
import { counted, formatCount } from "../words/number.ts";
import { sumImpact } from "./impact.ts";
import type { ImpactAnswer } from "./impact.ts";

export interface Impact {
  readonly data: ImpactAnswer | undefined;
  readonly error: unknown;
  readonly isAsked: boolean;
  /** For the tab. */
  readonly count: number | undefined;
  /** For the footer. */
  readonly words: ReactNode;
}

/** Which pairs of endpoints would be newly denied or allowed, by the evaluator over the whole cluster. */
export function useImpact(candidate: KubeObject | undefined, isNew: boolean): Impact {
  const deferred = useDeferredValue(candidate);
  const impact = useImpactOf(deferred === undefined ? [] : [{ op: isNew ? "create" : "update", object: deferred }]);
  // The editor's fields and its Apply say why.
  return isRefusal(impact.error) ? { ...impact, words: undefined } : impact;
}

/** The draft cannot be stored, any more if it once was. */
function isRefusal(error: unknown): boolean {
  if (error === null) return false;
  const { kind } = failureOf(error);
  return kind === "invalid" || kind === "conflict" || kind === "notFound";
}

/** The same of several objects at once. */
export function useImpactOf(
  changes: readonly { readonly op: "create" | "update"; readonly object: KubeObject }[],
): Impact {
  const trpc = useTRPC();
  const isAsked = changes.length > 0;
  const query = useQuery(
    trpc.policy.impact.queryOptions(isAsked ? { changes: toWire(changes) } : skipToken, {
      placeholderData: keepPreviousData,
      staleTime: 5000,
    }),
  );
  const error = isAsked ? query.error : null;
  useTold(error);
  const data = isAsked ? query.data : undefined;
  const sum = data === undefined ? undefined : sumImpact(data);
  return {
    data,
    error,
    isAsked,
    count: sum === undefined || sum.denied + sum.allowed === 0 ? undefined : sum.denied + sum.allowed,
    words: error === null ? sum && <SumWords {...sum} /> : <UnknownWords error={error} />,
  };
}

/** One line, for a draft of the order. */
export function ImpactWords({ candidates }: { readonly candidates: readonly KubeObject[] }) {
  const impact = useImpactOf(candidates.map((object) => ({ op: "update", object })));
  return impact.words === undefined ? <span className="muted">Calculating impact…</span> : <>{impact.words}</>;
}

function UnknownWords({ error }: { readonly error: unknown }) {
  return <span className="muted">Impact unknown: {failureOf(error).message}</span>;
}

function SumWords({ denied, allowed }: { readonly denied: number; readonly allowed: number }) {
  if (denied + allowed === 0) return <span className="muted">Impact: no pair changes</span>;
  return (
    <>
      Impact: {denied > 0 && <b className="med deny">{formatCount(denied)} newly denied</b>}
      {denied > 0 && allowed > 0 && ", "}
      {allowed > 0 && <b className="med allow">{formatCount(allowed)} newly allowed</b>}
    </>
  );
}

const SHORT = 4;
const LONG = 200;

export function ImpactView({ impact, short = false }: { readonly impact: Impact; readonly short?: boolean }) {
  const { data, error } = impact;
  if (!impact.isAsked) return short ? null : <p className="muted">Change something to see its effect.</p>;
  if (isRefusal(error))
    return short ? null : (
      <p className="muted">As it stands it cannot be stored, so it has no effect: the problem is named below.</p>
    );
  if (error !== null && data === undefined) return short ? null : <Failed error={error} what="impact" />;
  if (data === undefined) return <SkeletonRows rows={short ? 2 : 5} />;
  const sum = sumImpact(data);
  const rows = data.changes
    .filter((change) => change.before.verdict !== change.after.verdict)
    .slice(0, short ? SHORT : LONG);
  return (
    <section className={short ? "impact-short" : undefined} aria-label="Impact">
      <dl className="imp">
        <div>
          <dt>newly denied</dt>
          <dd className={sum.denied > 0 ? "deny" : undefined}>{formatCount(sum.denied)}</dd>
        </div>
        <div>
          <dt>newly allowed</dt>
          <dd className={sum.allowed > 0 ? "allow" : undefined}>{formatCount(sum.allowed)}</dd>
        </div>
        <div>
          <dt>same verdict, other rule</dt>
          <dd>{formatCount(sum.otherRule)}</dd>
        </div>
        <div>
          <dt>pairs examined</dt>
          <dd className="muted">{formatCount(data.examined)}</dd>
        </div>
      </dl>
      {rows.map((change) => {
        const mark = verdictMark(change.after.verdict);
        const { from, to } = change.called;
        return (
          <div key={`${change.from}${change.to}${change.protocol}${change.port}`} className="improw">
            <span className={`v ${mark.tone}`}>
              <Icon name={mark.icon} label={change.after.verdict === "deny" ? "newly denied" : "newly allowed"} />
            </span>
            <Link
              className="ell"
              href={hrefOf({ source: from, destination: to, protocol: change.protocol, port: change.port })}
            >
              <NameOf text={from} /> → <NameOf text={to} />
            </Link>
            <span className="muted nowrap">
              {change.protocol} {change.port}
            </span>
            {!short && <span className="why">{change.after.text}</span>}
          </div>
        );
      })}
      {rows.length < sum.denied + sum.allowed && (
        <p className="hint">and {counted(sum.denied + sum.allowed - rows.length, "pair")} more</p>
      )}
      {sum.denied + sum.allowed === 0 && (
        <p className="muted">No pair of endpoints becomes allowed or denied by this.</p>
      )}
    </section>
  );
}
