"use client";
import Link from "next/link";
import { useActivity } from "../live/queries.ts";
import { Age } from "../parts/age.tsx";
import { NameOf } from "../parts/object-name.tsx";
import { Loaded } from "../parts/states.tsx";
import { Popover } from "../parts/popover.tsx";
import { moreWords, opWords } from "../app/(main)/activity/view.ts";

/** The last writes of anyone, on every page. */
export function RecentChanges() {
  const activity = useActivity(8);
  return (
    <Popover className="hide-s" label="Recent changes" button="Changes">
      {(close) => (
        <div className="recent">
          <Loaded query={activity} what="changes" rows={4}>
            {({ sets }) =>
              sets.length === 0 ? (
                <p className="muted">Nothing was written yet.</p>
              ) : (
                <ul>
                  {sets.map((set) => (
                    <li key={set.revision}>
                      <Link href={`/activity?open=${set.revision}`} onClick={close}>
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
          <Link className="link" href="/activity" onClick={close}>
            All activity
          </Link>
        </div>
      )}
    </Popover>
  );
}
