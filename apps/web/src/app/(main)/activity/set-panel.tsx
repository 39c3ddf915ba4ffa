"use client";
import Link from "next/link";
import { SemanticDiff } from "../../../editor/diff-view.tsx";
import { diffValues } from "../../../editor/diff.ts";
import { useTold } from "../../../live/failing.ts";
import { useChangeSet, type useEffects } from "../../../live/queries.ts";
import { useRevert } from "../../../live/write.ts";
import { RequestId } from "../../../parts/failure-words.tsx";
import { editable } from "../../../parts/history.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { MissingPanel } from "../../../parts/missing-panel.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Loaded } from "../../../parts/states.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import { failureOf } from "../../../trpc/client.ts";
import { pathOf } from "../../../words/kinds.ts";
import { formatMoment } from "../../../words/time.ts";
import { EffectWords } from "./effect-words.tsx";
import { authorWords, type ChangeGroup, groupActivity, nameOf, opWords } from "./view.ts";

/** One change set: who, why, what it did, what it wrote, and the way back. */
export function SetPanel(props: {
  readonly revision: number;
  readonly effects: ReturnType<typeof useEffects>;
  readonly onClose: () => void;
}) {
  const query = useChangeSet(props.revision);
  const [set] = query.data === undefined ? [] : groupActivity(query.data);
  const isNone =
    !Number.isSafeInteger(props.revision) || (query.error !== null && failureOf(query.error).kind === "invalid");
  useTold(isNone ? query.error : null);
  if (set !== undefined) return <SetFacts {...props} set={set} />;
  if (isNone) {
    const help = "The log has no change of this revision: it was kept for a while and is gone, or it never was.";
    return <MissingPanel title="No such change" help={help} onClose={props.onClose} />;
  }
  return (
    <Panel label="Change set" title={<h2>Revision {props.revision}</h2>} onClose={props.onClose}>
      <Loaded query={query} what="the change set" rows={6}>
        {() => null}
      </Loaded>
    </Panel>
  );
}

function SetFacts(props: {
  readonly set: ChangeGroup;
  readonly effects: ReturnType<typeof useEffects>;
  readonly onClose: () => void;
}) {
  const { set, effects, onClose } = props;
  const revert = useRevert();
  return (
    <Panel
      label="Change set"
      title={
        <>
          <Icon name="activity" />
          <h2>
            {authorWords(set.author)} {opWords(set)}{" "}
            {set.names.length === 1 ? <NameOf text={set.names[0] ?? ""} /> : `${set.names.length} objects`}
          </h2>
        </>
      }
      onClose={onClose}
      footer={
        <WriteButton className="btn" onClick={() => void revert(set.revision, set)}>
          <Icon name="undo" />
          Revert {set.entries.length === 1 ? "this change" : "this set"}
        </WriteButton>
      }
    >
      <dl className="kv">
        <dt>When</dt>
        <dd>{formatMoment(Date.parse(set.at))}</dd>
        <dt>Who</dt>
        <dd className="mono">{set.author}</dd>
        <dt>Reason</dt>
        <dd>{set.reason === "" ? <span className="muted">none given</span> : set.reason}</dd>
        <dt>Effect</dt>
        <dd>
          <EffectWords effects={effects} set={set} />
        </dd>
        <dt>Revision</dt>
        <dd>{set.revision}</dd>
        {set.requestId !== "" && (
          <>
            <dt>Request</dt>
            <dd>
              <RequestId
                id={set.requestId}
                leadsTo="with percale history --request, along with all else that it wrote"
              />
            </dd>
          </>
        )}
      </dl>
      {set.entries.map((entry) => (
        <section key={entry.revision} className="sect">
          <div className="sh">
            <Link className="link mono" href={pathOf(entry.ref)}>
              {nameOf(entry.ref)}
            </Link>
            <span className="end sm">{entry.ref.kind}</span>
          </div>
          <SemanticDiff
            kind={entry.ref.kind}
            changes={diffValues(editable(entry.previous), entry.op === "DELETED" ? {} : editable(entry.object))}
          />
        </section>
      ))}
    </Panel>
  );
}
