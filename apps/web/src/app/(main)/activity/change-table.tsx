"use client";
import Link from "next/link";
import { Age } from "../../../parts/age.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { useEffects } from "../../../live/queries.ts";
import { EffectWords } from "./effect-words.tsx";
import { authorWords, type ChangeGroup, moreWords, opWords } from "./view.ts";

/** Change sets in one line each. */
export function ChangeTable({ sets }: { readonly sets: readonly ChangeGroup[] }) {
  const effects = useEffects(sets);
  if (sets.length === 0) return <p className="cb muted">Nothing was written yet.</p>;
  return (
    <table className="boxed chg">
      <thead className="vh">
        <tr>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          <th>Why</th>
          <th>Effect</th>
        </tr>
      </thead>
      <tbody>
        {sets.map((set) => (
          <tr key={set.revision}>
            <td className="muted">
              <Age at={set.at} />
            </td>
            <td className="hide-s">{authorWords(set.author)}</td>
            <td>
              <Link href={`/activity?open=${set.revision}`}>
                <span className="muted">{opWords(set)}</span> <NameOf text={set.names[0] ?? ""} />
                <span className="muted">{moreWords(set)}</span>
              </Link>
            </td>
            <td className="muted ell hide-s">{set.reason}</td>
            <td className="nowrap num">
              <EffectWords effects={effects} set={set} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
