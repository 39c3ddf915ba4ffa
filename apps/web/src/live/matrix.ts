"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { matrixOf, type Matrix } from "../app/(main)/matrix/view.ts";
import { useTRPC } from "../trpc/client.ts";
import type { Answer } from "./queries.ts";

/** Probes of the lab with what the evaluator says about the same pairs. */
export function useMatrix(): Answer<Matrix> {
  const query = useQuery(useTRPC().lab.probes.queryOptions());
  const data = useMemo(() => (query.data === undefined ? undefined : matrixOf(query.data)), [query.data]);
  return { data, error: query.error, refetch: () => void query.refetch() };
}
