"use client";
import Link from "next/link";
import { type ReactNode, useMemo } from "react";
import { NameOf } from "../../../parts/object-name.tsx";
import { formatCount } from "../../../words/number.ts";
import { hrefOf } from "../reach/questions.ts";
import { decidersIn, flipped } from "./below.ts";
import { Pair } from "./pair-list.tsx";
import { type Cell, cellsThatDiffer, type Matrix, questionOf } from "./view.ts";

const SHOWN = 6;

/** What the picture does not say: why pairs are not as predicted, which changed last, and who decides. */
export function Below({ matrix, isList }: { readonly matrix: Matrix; readonly isList: boolean }) {
  const [surprises, changed, deciders] = useMemo(
    () => [cellsThatDiffer(matrix), flipped(matrix), decidersIn(matrix)],
    [matrix],
  );
  return (
    <div className="mx-below">
      {!isList && (
        <Card title="Not as predicted" count={surprises.length}>
          <Pairs cells={surprises} none="Packets met what was predicted on every pair." />
        </Card>
      )}
      <Card title="Changed last" count={changed.length}>
        <Pairs cells={changed} none="No pair that is as predicted was another before." />
      </Card>
      <Card title="What decides" count={deciders.length}>
        {deciders.length === 0 ? (
          <p className="muted">The evaluator knows none of these ends.</p>
        ) : (
          <table className="flush">
            <thead>
              <tr>
                <th>By</th>
                <th className="num">Allows</th>
                <th className="num">Denies</th>
              </tr>
            </thead>
            <tbody>
              {deciders.slice(0, SHOWN).map(({ name, what, href, allows, denies }) => (
                <tr key={`${what} ${name}`}>
                  <td>
                    {what !== undefined && <span className="muted">{what} </span>}
                    <Link href={href}>
                      <NameOf text={name} />
                    </Link>
                  </td>
                  <td className="num">{allows === 0 ? <span className="muted">0</span> : formatCount(allows)}</td>
                  <td className="num">{denies === 0 ? <span className="muted">0</span> : formatCount(denies)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Card>
    </div>
  );
}

function Pairs({ cells, none }: { readonly cells: readonly Cell[]; readonly none: string }) {
  if (cells.length === 0) return <p className="muted">{none}</p>;
  return (
    <ul className="mx-pairs">
      {cells.slice(0, SHOWN).map((cell) => (
        <Pair key={hrefOf(questionOf(cell))} cell={cell} withWhy />
      ))}
    </ul>
  );
}

function Card({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count: number;
  readonly children: ReactNode;
}) {
  return (
    <section className="card" aria-label={title}>
      <div className="ch">
        <h2 className="h2">{title}</h2>
        <span className="muted">{count > SHOWN ? `${SHOWN} of ${formatCount(count)}` : count === 0 ? "" : count}</span>
      </div>
      <div className="cb">{children}</div>
    </section>
  );
}
