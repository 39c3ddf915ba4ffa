"use client";
import { formatRef, type KubeObject, refOf } from "@percale/resources/catalog";
import { useSelected } from "../live/selected.ts";
import { useShadows } from "../live/shadows.ts";
import { SHADOWED_MEANS, shadowersOf } from "../policy/shadow.ts";
import { definitionOf } from "../words/kinds.ts";
import { managerOf } from "../words/managed.ts";
import { isUntold } from "../words/untold.ts";
import { isProgrammed, Programmed } from "./programmed.tsx";
import { Icon } from "./icon.tsx";

interface StatusCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What one should know before one changes it: who else writes it, where it is in force, what does not hold of it. */
export function ObjectBadges({ object }: { readonly object: KubeObject }) {
  const manager = managerOf(object);
  const { conditions = [] } = (object.status ?? {}) as { readonly conditions?: readonly StatusCondition[] };
  const broken = conditions.filter(({ status }) => status !== "True");
  const isGoing = object.metadata.deletionTimestamp !== undefined;
  return (
    <>
      {isGoing && <span className="badge b-warn">Being deleted</span>}
      {broken.map(({ type, status, reason, message }) => (
        <span key={type} className="badge b-warn" title={message === "" ? reason : message}>
          <Icon name="warn" />
          {status === "False" ? `Not ${type.toLowerCase()}` : `${type} unknown`}
        </span>
      ))}
      {manager !== undefined && (
        <span className="badge" title={manager.why}>
          {manager.title}
        </span>
      )}
      {definitionOf(object.kind)?.traits.tiered === true && <IdleBadge policy={object} />}
      {isProgrammed(object.kind) && <Programmed of={object} />}
    </>
  );
}

/** A policy that decides nothing: nobody is selected, or others decide before it. */
function IdleBadge({ policy }: { readonly policy: KubeObject }) {
  const ref = refOf(policy);
  const selected = useSelected(ref).data;
  const shadows = useShadows();
  if (selected?.matched === 0) return <span className="badge b-warn">Matches nothing</span>;
  const by = isUntold(shadows) ? undefined : shadows.get(formatRef(ref));
  if (by === undefined) return null;
  return (
    <span className="badge b-warn" title={SHADOWED_MEANS}>
      Shadowed by {shadowersOf(by)}
    </span>
  );
}
