"use client";
import Link from "next/link";
import { moreWords, opWords } from "../app/(main)/activity/view.ts";
import { useActivity } from "../live/queries.ts";
import { Age } from "../parts/age.tsx";
import { NameOf } from "../parts/object-name.tsx";
import { Loaded } from "../parts/states.tsx";

/** Of anyone, newest first. */
export function ChangeList({ onLeave }: { readonly onLeave: () => void }) {
  const activity = useActivity(8);
  return (
    <Loaded query={activity} what="changes" rows={4}>
      {({ sets }) =>
        sets.length === 0 ? (
          <p className="muted">Nothing was written yet.</p>
        ) : (
          <ul>
            {sets.map((set) => (
              <li key={set.revision}>
                <Link href={`/activity?open=${set.revision}`} onClick={onLeave}>
                  <span className="muted nowrap">
                    <Age at={set.at} />
                  </span>
                  <span className="ell">
                    {opWords(set)} <NameOf text={set.names[0] ?? ""} />
                    <span className="muted">{moreWords(set)}</span>
                  </span>
                  <span className="muted ell">{set.author}</span>
                </Link>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}
