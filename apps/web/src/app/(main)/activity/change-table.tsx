import Link from "next/link";
import { Age } from "../../../parts/age.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { authorWords, type ChangeGroup, opWords } from "./view.ts";

/** Change sets in one line each. */
export function ChangeTable({ sets }: { readonly sets: readonly ChangeGroup[] }) {
  if (sets.length === 0) return <p className="cb muted">Nothing was written yet.</p>;
  return (
    <table className="boxed chg">
      <thead className="vh">
        <tr>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          <th>Why</th>
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
                {set.names.length > 1 && <span className="muted"> and {set.names.length - 1} more</span>}
              </Link>
            </td>
            <td className="muted ell hide-s">{set.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
