"use client";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { Rows } from "../parts/rows.ts";

/** Rows of a page; what a window shows is on two of them at most. */
const PAGE = 100;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly matched: number;
  readonly total: number;
}

export interface ServerList<Row, Answer = Page<Row>> {
  /** All that match; those that nobody looked at yet are not known. */
  readonly rows: Rows<Row>;
  /** Those that are known now. */
  readonly known: readonly Row[];
  /** What was told with the first of them. */
  readonly answer: Answer | undefined;
  /** Without filters; undefined until it is told. */
  readonly total: number | undefined;
  /** The rows are those of the filter before. */
  readonly isOld: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
  /** Says which rows are on screen: only they are asked for, and asked again when anything changes. */
  readonly onShown: (first: number, last: number) => void;
}

/** A list that the server filters and sorts. `key`: of the question, without the part of the list; the feed asks again what begins with it. */
export function useServerList<Row, Answer extends Page<Row>>(question: {
  readonly key: readonly unknown[];
  readonly ask: (
    part: { readonly at: number; readonly limit: number },
    signal: AbortSignal,
  ) => Promise<Answer & Page<Row>>;
}): ServerList<Row, Answer> {
  const [shown, setShown] = useState({ first: 0, last: 0 });
  const pageOf = (index: number): number => Math.floor(index / PAGE);
  const optionsOf = (page: number, enabled: boolean) =>
    queryOptions({
      queryKey: [...question.key, page],
      queryFn: async ({ signal }) => ({ page, ...(await question.ask({ at: page * PAGE, limit: PAGE }, signal)) }),
      placeholderData: keepPreviousData,
      enabled,
    });
  const first = useQuery(optionsOf(pageOf(shown.first), true));
  const second = useQuery(optionsOf(pageOf(shown.first) + 1, pageOf(shown.last) > pageOf(shown.first)));
  const known = [first.data, second.data];
  const onShown = useCallback((from: number, to: number) => {
    setShown((old) => (old.first === from && old.last === to ? old : { first: from, last: to }));
  }, []);
  return {
    rows: {
      length: first.data?.matched ?? 0,
      at: (index) => known.find((page) => page?.page === pageOf(index))?.rows[index % PAGE],
    },
    known: known.flatMap((page) => page?.rows ?? []),
    answer: first.data,
    total: first.data?.total,
    isOld: first.isPlaceholderData,
    error: first.error,
    refetch: () => void first.refetch(),
    onShown,
  };
}
