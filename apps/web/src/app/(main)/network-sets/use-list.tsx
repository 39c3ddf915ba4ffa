"use client";
import type { SetUse, SetUseRow } from "@percale/api";
import { formatRef, type KubeObject, type ObjectRef, Profile } from "@percale/resources/catalog";
import Link from "next/link";
import { useMemo } from "react";
import { useNamedObjects } from "../../../live/objects.ts";
import { ObjectName } from "../../../parts/object-name.tsx";
import { Sentence } from "../../../parts/sentence.tsx";
import { type PolicyObject, rulesOf, type RuleSpec } from "../../../policy/spec.ts";
import { pathOf } from "../../../words/kinds.ts";

/** The rules that select a set, each as its sentence. */
export function UseList({ use: { uses, count } }: { readonly use: SetUseRow }) {
  const owners = useNamedObjects(useMemo(() => ownersOf(uses), [uses]));
  return (
    <>
      <ul className="rules">
        {uses.map((use) => {
          const rule = ruleOf(owners.objects.get(formatRef(use.owner)), use);
          return (
            <li key={`${formatRef(use.owner)} ${use.direction} ${use.rule} ${use.side}`} className="rule use">
              {rule !== undefined && <Sentence rule={rule} />}
              <span className="sm muted">
                <Link className="link" href={pathOf(use.owner)}>
                  <ObjectName namespace={use.owner.namespace} name={use.owner.name} />
                </Link>{" "}
                {use.direction} rule {use.rule + 1}, as its {use.side}
                {use.isNot === true && ", left out"}
              </span>
            </li>
          );
        })}
      </ul>
      {uses.length < count && <p className="muted">And {count - uses.length} more rules.</p>}
    </>
  );
}

/** Each once. */
function ownersOf(uses: readonly SetUse[]): readonly ObjectRef[] {
  return [...new Map(uses.map(({ owner }) => [formatRef(owner), owner])).values()];
}

/** Undefined while the object is not here, or no more as it was when the server told of it. */
function ruleOf(object: KubeObject | undefined, { direction, rule }: SetUse): RuleSpec | undefined {
  const owner = object as PolicyObject | undefined; // a profile has rules alike
  if (owner === undefined) return undefined;
  return (owner.kind === Profile.kind ? owner.spec[direction] : rulesOf(owner, direction))?.[rule];
}
