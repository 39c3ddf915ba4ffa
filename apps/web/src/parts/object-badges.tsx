"use client";
import { type KubeObject, refOf } from "@percale/resources/catalog";
import { useSelected } from "../live/selected.ts";
import { shadowedBy, useShadows } from "../live/shadows.ts";
import { definitionOf } from "../words/kinds.ts";
import { managerOf } from "../words/managed.ts";
import { isProgrammed, Programmed } from "./programmed.tsx";
import { Icon } from "./icon.tsx";
import { IdleBadge } from "./idle-badge.tsx";

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
      {definitionOf(object.kind)?.traits.policy === "enforced" && <Idle policy={object} />}
      {isProgrammed(object.kind) && <Programmed of={object} />}
    </>
  );
}

/** Whether it decides anything. */
function Idle({ policy }: { readonly policy: KubeObject }) {
  const ref = refOf(policy);
  const endpoints = useSelected(ref).data?.matched;
  return <IdleBadge endpoints={endpoints} shadowedBy={shadowedBy(useShadows(), ref)} />;
}
