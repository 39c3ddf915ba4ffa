"use client";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { SemanticDiff } from "../../../editor/diff-view.tsx";
import { useHandedOver } from "../../../editor/handed-over.ts";
import { ImpactView, useImpactOf } from "../../../editor/impact-view.tsx";
import { type PastedDocument, readPasted } from "../../../editor/pasted.ts";
import { type Planned, planOf } from "../../../editor/plan.ts";
import { useTold } from "../../../live/failing.ts";
import { useStored } from "../../../live/stored.ts";
import { useWrite } from "../../../live/write.ts";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { iconOf } from "../../../parts/kind-icon.ts";
import { ObjectName } from "../../../parts/object-name.tsx";
import { Empty, SkeletonRows } from "../../../parts/states.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import { type Failure, failureOf, useTRPC, useTRPCClient } from "../../../trpc/client.ts";
import { fromWire, toWire } from "../../../trpc/wire.ts";
import { kindWords } from "../../../words/kinds.ts";
import { counted } from "../../../words/number.ts";

/** What was pasted, object by object as a difference from what is stored; written whole or not at all. */
export function PastedDraft() {
  const text = useHandedOver();
  const documents = useMemo(() => readPasted(text ?? ""), [text]);
  const wrong = documents.filter((one) => one.problem !== undefined);
  const objects = useMemo(() => documents.flatMap((one) => (one.problem === undefined ? [one] : [])), [documents]);
  if (documents.length === 0)
    return (
      <Empty
        title="Nothing was pasted in this tab"
        help="Open the search and paste YAML of one object or of several: they open here as a draft, and nothing is written before you apply it."
      />
    );
  return wrong.length > 0 ? (
    <Wrong documents={wrong} readable={objects.length} />
  ) : (
    <Several key={text} objects={objects} />
  );
}

function Wrong({ documents, readable }: { readonly documents: readonly PastedDocument[]; readonly readable: number }) {
  return (
    <div className="scroll">
      <div className="pad obj-body">
        <div className="note d" role="alert">
          <Icon name="crit" />
          <div>
            <b>{counted(documents.length, "document")} cannot be read</b>
            {readable > 0 && `, ${readable} can. A draft is written whole, so nothing of it is opened.`}
            <ul>
              {documents.map(({ line, problem }) => (
                <li key={`${line} ${problem}`}>
                  line {line}: {problem}
                </li>
              ))}
            </ul>
          </div>
        </div>
      </div>
    </div>
  );
}

interface Draft {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
}

function Several({ objects }: { readonly objects: readonly Draft[] }) {
  const router = useRouter();
  const stored = useStored(useMemo(() => objects.map(({ ref }) => ref), [objects]));
  const raw = useMemo(() => (stored === undefined ? undefined : planOf(objects, stored)), [objects, stored]);
  const prepared = usePrepared(raw);
  const plan = useMemo(
    () => (stored === undefined ? undefined : planOf(objects, stored, prepared.objects)),
    [objects, stored, prepared.objects],
  );
  const changes = useMemo(() => plan?.filter(({ is }) => is !== "same").map(({ change }) => change) ?? [], [plan]);
  const impact = useImpactOf(prepared.objects === undefined ? NONE : changes);
  const { write, isWriting } = useWrite();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [refused, setRefused] = useState<Failure>();
  if (plan === undefined) return <SkeletonRows />;
  const isLate = refused?.kind === "conflict";
  const failure = isLate ? prepared.failure : (refused ?? prepared.failure);
  const apply = async (): Promise<void> => {
    setRefused(undefined);
    try {
      const names = plan.filter(({ is }) => is !== "same").map(({ ref }) => nameOf(ref));
      await write({ changes, words: { done: "Applied", names } });
      router.push("/activity");
    } catch (error) {
      setRefused(failureOf(error));
      await queryClient.invalidateQueries({ queryKey: trpc.objects.get.pathKey() });
    }
  };
  return (
    <>
      <div className="scroll">
        <div className="pad obj-body">
          <p className="verd-line">
            <b className="strong">{planWords(plan)}</b>{" "}
            <span className="muted">Nothing is written before you apply it, and then all of it or nothing.</span>
          </p>
          {isLate && (
            <div className="note w" role="alert">
              <Icon name="warn" />
              <div>
                <b>Not applied.</b> Somebody else wrote one of these objects first. Below is what differs from it as it
                is now.
              </div>
            </div>
          )}
          {failure !== undefined && (
            <div className="note d" role="alert">
              <Icon name="crit" />
              <div>
                <b>It cannot be applied.</b> <FailureWords failure={failure} />
              </div>
            </div>
          )}
          {impact.isAsked && (
            <div className="sect">
              <ImpactView impact={impact} short />
            </div>
          )}
          {plan.map((planned) => (
            <PlannedObject key={`${planned.ref.kind} ${nameOf(planned.ref)}`} planned={planned} />
          ))}
        </div>
      </div>
      <div className="pf page-foot">
        <span className="grow ell" role="status">
          {failure !== undefined ? (
            <span className="deny">1 problem</span>
          ) : prepared.objects === undefined ? (
            <span className="muted">Checking…</span>
          ) : (
            <span className="allow">
              <Icon name="allow" /> 0 problems
            </span>
          )}
        </span>
        <WriteButton
          className="btn pri right"
          disabled={prepared.objects === undefined || changes.length === 0 || isWriting}
          onClick={() => void apply()}
        >
          {isWriting ? "Applying" : `Apply ${counted(changes.length, "object")}`}
        </WriteButton>
      </div>
    </>
  );
}

const NONE: readonly never[] = [];

function PlannedObject({ planned: { ref, is, changes } }: { readonly planned: Planned }) {
  return (
    <section className="sect" aria-label={nameOf(ref)}>
      <div className="sh">
        <Icon name={iconOf(ref.kind)} />
        <h2 className="h2">
          <ObjectName namespace={ref.namespace} name={ref.name} />
        </h2>
        <span className="muted">{kindWords(ref.kind)}</span>
        <span className={is === "same" ? "badge" : "badge b-add"}>
          {{ new: "new", changed: counted(changes.length, "change"), same: "as it is stored" }[is]}
        </span>
      </div>
      <SemanticDiff kind={ref.kind} changes={changes} />
    </section>
  );
}

/** What the server would make of the draft, or why it would not. */
function usePrepared(plan: readonly Planned[] | undefined): {
  readonly objects: readonly KubeObject[] | undefined;
  readonly failure: Failure | undefined;
} {
  const client = useTRPCClient();
  const changes = plan?.map(({ change }) => change);
  const { data, error } = useQuery({
    queryKey: ["rehearsal", changes],
    queryFn:
      changes === undefined
        ? skipToken
        : async ({ signal }) =>
            (await client.changes.submit.mutate({ changes: toWire(changes), dryRun: true }, { signal })).objects,
    retry: false,
  });
  useTold(error);
  const objects = useMemo(() => data?.map(fromWire), [data]);
  return { objects, failure: error === null ? undefined : failureOf(error) };
}

function planWords(plan: readonly Planned[]): string {
  const count = (is: Planned["is"]): number => plan.filter((one) => one.is === is).length;
  const [fresh, changed, same] = [count("new"), count("changed"), count("same")];
  return `${[
    ...(fresh > 0 ? [`${fresh} new`] : []),
    ...(changed > 0 ? [counted(changed, "change of an object", "changes of objects")] : []),
    ...(same > 0 ? [`${same} as stored`] : []),
  ].join(", ")}.`;
}

function nameOf({ namespace, name }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
