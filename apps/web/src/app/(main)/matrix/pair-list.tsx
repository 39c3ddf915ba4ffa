"use client";
import Link from "next/link";
import { useMemo } from "react";
import { Age } from "../../../parts/age.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Verdict } from "../../../parts/verdict.tsx";
import { hrefOf } from "../reach/questions.ts";
import "../../../styles/pairs.css";
import { type Cell, cellWords, listed, type Matrix, questionOf } from "./view.ts";

/** The same cells one under the other, what needs a look first. */
export function PairList({ matrix, onlyDifferences }: { readonly matrix: Matrix; readonly onlyDifferences: boolean }) {
  const groups = useMemo(() => listed(matrix), [matrix]);
  const shown = onlyDifferences ? groups.filter(({ cells }) => cells.some(({ differs }) => differs)) : groups;
  if (shown.length === 0) return <p className="muted">Every pair went as predicted.</p>;
  return shown.map(({ title, cells }) => (
    <section key={title} className="mx-list" aria-label={title}>
      <h2 className="h3">
        {title} <span className="muted">{cells.length}</span>
      </h2>
      <ul>
        {cells.map((cell) => (
          <Pair key={hrefOf(questionOf(cell))} cell={cell} />
        ))}
      </ul>
    </section>
  ));
}

/** A pair with its verdict, what is known of it and, where asked, what decides it; leads to Reach. */
export function Pair({ cell, withWhy = false }: { readonly cell: Cell; readonly withWhy?: boolean }) {
  const verdict = cell.measured ?? cell.predicted;
  return (
    <li>
      <Link href={hrefOf(questionOf(cell))} prefetch={false}>
        <span className="ell">
          <NameOf text={cell.source} /> → <NameOf text={cell.destination} />
        </span>
        {verdict !== undefined && <Verdict action={verdict} word={verdict === "Allow" ? "Allowed" : "Denied"} />}
        <span className={cell.differs ? "warn" : "muted"}>
          {cell.protocol} {cell.port} · {cellWords(cell)}
          {cell.flippedAt !== undefined && (
            <>
              , changed <Age at={cell.flippedAt} ago />
            </>
          )}
        </span>
        {withWhy && cell.decidedBy !== undefined && <span className="muted mx-why">{cell.decidedBy}</span>}
      </Link>
    </li>
  );
}
