"use client";
import Link from "next/link";
import { useActivity } from "../../../live/queries.ts";
import { Age } from "../../../parts/age.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Loaded } from "../../../parts/states.tsx";
import { formatCount } from "../../../words/number.ts";
import { moreWords, opWords } from "../activity/view.ts";
import { changersIn } from "./changers.ts";

const LOOKED_AT = 200;
const SHOWN = 8;

/** What those who may write made of it. */
export function ChangerCard({ you }: { readonly you: string | undefined }) {
  const query = useActivity(LOOKED_AT);
  return (
    <section className="card" aria-label="Who changed what">
      <div className="ch">
        <h2 className="h2">Who changed what</h2>
        <span className="muted hide-s">in the last {LOOKED_AT} changes</span>
      </div>
      <Loaded query={query} what="changes" rows={4}>
        {({ sets }) => {
          const changers = changersIn(sets);
          return changers.length === 0 ? (
            <p className="cb muted">Nobody has written anything yet.</p>
          ) : (
            <table className="boxed acc-changers">
              <thead>
                <tr>
                  <th>Who</th>
                  <th className="num">Changes</th>
                  <th>Last</th>
                </tr>
              </thead>
              <tbody>
                {changers.slice(0, SHOWN).map(({ who, sets: count, last }) => (
                  <tr key={who}>
                    <td>
                      <Link className="mono" href={`/activity?author=${encodeURIComponent(who)}`}>
                        {who}
                      </Link>{" "}
                      {who === you && <span className="badge">you</span>}
                    </td>
                    <td className="num">{formatCount(count)}</td>
                    <td>
                      <Link href={`/activity?open=${last.revision}`}>
                        {opWords(last)} <NameOf text={last.names[0] ?? ""} />
                        <span className="muted">{moreWords(last)}</span>
                      </Link>{" "}
                      <span className="muted nowrap">
                        <Age at={last.at} ago />
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Loaded>
    </section>
  );
}
