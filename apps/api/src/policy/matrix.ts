import type { Evaluator } from "@percale/policy";
import { badRequest } from "@percale/resources";
import type { MatrixCell, MatrixView } from "../trpc/views.ts";
import { decisionText } from "./decision-text.ts";
import { allPairs, endpointsOf, givenPairs, queryOf } from "./pairs.ts";
import type { Course, Questions } from "./questions.ts";

/** Beyond it a matrix says only yes and no. */
const EXPLAINED_CELLS = 20_000;

/** The cells are rows. Throws StatusError 400 if there are too many, QueryError for names that nobody has. */
export async function matrix(
  evaluator: Evaluator,
  { pairs, ports }: Questions["matrix"],
  { rows, inSlices }: Course,
): Promise<Omit<MatrixView, "cells" | "revision">> {
  const endpoints = endpointsOf(evaluator);
  const questions = pairs === undefined ? allPairs(endpoints, ports) : givenPairs(pairs, endpoints, ports);
  const isShort = questions.length > EXPLAINED_CELLS;
  await inSlices(questions, (slice) => {
    for (const question of slice) {
      const query = queryOf(question);
      const told = isShort ? undefined : evaluator.explain(query);
      const verdict = told?.verdict ?? evaluator.verdict(query);
      const text = told === undefined ? "" : decisionText(told.decision);
      const cell: MatrixCell = { ...question, allowed: verdict === "allow", text };
      if (!rows.add(cell))
        throw badRequest(`${questions.length} cells are longer than an answer may be: ask for fewer pairs or ports`);
    }
  });
  return { endpoints: [...endpoints.keys()] };
}
