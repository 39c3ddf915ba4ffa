"use client";
import { formatRef, refOf, Tier } from "@percale/resources/catalog";
import type { ReactNode } from "react";
import { useMatrix } from "../../live/matrix.ts";
import { useObject } from "../../live/objects.ts";
import { useSelected } from "../../live/selected.ts";
import { shadowedBy, useShadows } from "../../live/shadows.ts";
import { directionsOf, type PolicyObject, type RuleSpec, tierOf } from "../../policy/spec.ts";
import { decidedPairs } from "../../app/(main)/matrix/view.ts";
import { orderText } from "../../app/(main)/policies/view.ts";
import { formatCount } from "../../words/number.ts";
import { Headline } from "../headline.tsx";
import { useProgrammedOn } from "../programmed.tsx";
import { Sentence } from "../sentence.tsx";
import { Failed, SkeletonRows } from "../states.tsx";
import { ChangesCard, EndpointsCard, NodesCard, PairsCard } from "./cards.tsx";
import { policyVerdict } from "./verdict.ts";

/** A policy: how it stands, for whom it is, its rules as sentences with what comes after them, where it is programmed. */
export function PolicySummary({ object }: { readonly object: PolicyObject }) {
  const ref = refOf(object);
  const selected = useSelected(ref);
  const shadows = useShadows();
  const programmed = useProgrammedOn(object);
  const matrix = useMatrix().data;
  const pairs = matrix && decidedPairs(matrix);
  const tier = useObject({ kind: Tier.kind, name: tierOf(object) }).object;
  if (selected.data === undefined)
    return selected.error === null ? (
      <SkeletonRows rows={6} />
    ) : (
      <Failed error={selected.error} what="the endpoints that it selects" onRetry={selected.refetch} />
    );
  const { matched } = selected.data;
  const verdict = policyVerdict({ endpoints: matched, shadowedBy: shadowedBy(shadows, ref), programmed });
  const decides = pairs?.by.get(formatRef(ref)) ?? 0;
  return (
    <>
      <Headline severity={verdict.severity} text={verdict.lead} rest={verdict.rest} />
      <dl className="sum-facts">
        <Fact title="Selects" value={formatCount(matched)} note={`of ${formatCount(selected.data.total)} endpoints`} />
        {programmed !== undefined && (
          <Fact
            title="Programmed"
            value={formatCount(programmed.done)}
            note={`of ${formatCount(programmed.total)} nodes`}
          />
        )}
        {pairs !== undefined && (
          <Fact title="Decides" value={formatCount(decides)} note={`of ${formatCount(pairs.of)} probed pairs`} />
        )}
        <Fact title="Order" value={orderText(object.spec.order)} note={`in tier ${tierOf(object)}`} />
      </dl>
      <div className="sum-cols">
        <div className="stack">
          <RulesCard object={object} defaultAction={(tier?.spec as { defaultAction?: string })?.defaultAction} />
          <EndpointsCard list={selected.data} />
          {matrix !== undefined && decides > 0 && <PairsCard matrix={matrix} by={formatRef(ref)} />}
        </div>
        <div className="stack">
          {programmed !== undefined && <NodesCard on={programmed} revision={object.metadata.resourceVersion} />}
          <ChangesCard openRef={ref} />
        </div>
      </div>
    </>
  );
}

function Fact({ title, value, note }: { readonly title: string; readonly value: ReactNode; readonly note: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <b className="num">{value}</b> <span className="muted">{note}</span>
      </dd>
    </div>
  );
}

function RulesCard({
  object,
  defaultAction,
}: {
  readonly object: PolicyObject;
  readonly defaultAction?: string | undefined;
}) {
  const { spec } = object;
  const { ingress, egress } = directionsOf(spec);
  const ends = defaultAction === "Pass" ? "goes on to the next tier" : "is denied";
  return (
    <section className="card" aria-label="Rules">
      <div className="ch">
        <h2 className="h2">Rules</h2>
        <span className="mono muted ell">{spec.selector ?? "all()"}</span>
      </div>
      {ingress && <RuleGroup title="Ingress" rules={spec.ingress ?? []} />}
      {egress && <RuleGroup title="Egress" rules={spec.egress ?? []} />}
      <p className="sum-end muted">
        What no rule matches goes to the next policy; what none of tier <span className="mono">{tierOf(object)}</span>{" "}
        matches {ends}.
      </p>
    </section>
  );
}

function RuleGroup({ title, rules }: { readonly title: string; readonly rules: readonly RuleSpec[] }) {
  return (
    <>
      <h3 className="sum-dir">{title}</h3>
      {rules.length === 0 ? (
        <p className="sum-none muted">No rule: it decides nothing itself, and brings its tier into force.</p>
      ) : (
        <ol className="sum-rules">
          {rules.map((rule, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a rule is its place
            <li key={index} className="rule">
              <span className="no">{index + 1}</span>
              <Sentence rule={rule} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
