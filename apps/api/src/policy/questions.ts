import { QueryError } from "@percale/policy";
import { badRequest } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { z } from "zod";
import type { Right } from "../auth/sight.ts";
import type * as input from "../trpc/inputs.ts";
import type * as view from "../trpc/views.ts";
import { coverage } from "./coverage.ts";
import { effective } from "./effective.ts";
import { effects } from "./effects.ts";
import type { EffectsQuestion } from "./effects.ts";
import { explain } from "./explain.ts";
import { impact } from "./impact.ts";
import { matchRows } from "./matches.ts";
import { matrix } from "./matrix.ts";
import { profileUse } from "./profile-use.ts";
import { protection } from "./protection.ts";
import { endpoint, endpoints, needsCoverage } from "../lists/endpoints.ts";
import { objectRows } from "../lists/objects.ts";
import { board, policies, tierOrder } from "../lists/policies.ts";
import { search } from "../lists/search.ts";
import { probes } from "./probes.ts";
import type { Rows } from "./rows.ts";
import { select } from "./select.ts";
import { setUse } from "./set-use.ts";
import { shadows } from "./shadows.ts";
import { terms } from "./terms.ts";
import type { Change, World } from "./world.ts";

/** An answer that holds what these rights show and no more; absent: everything. */
type Narrowed<T> = T & { readonly rights?: readonly Right[] | undefined };

/** What may be asked about the cluster as it is, by the name of the question. */
export interface Questions {
  readonly explain: z.output<typeof input.explainInput>;
  readonly effective: ObjectRef;
  readonly coverage: z.output<typeof input.coverageInput>;
  readonly protection: z.output<typeof input.protectionInput>;
  readonly endpoints: z.output<typeof input.endpointsInput>;
  readonly endpoint: z.output<typeof input.endpointInput>;
  readonly objects: Narrowed<z.output<typeof input.objectsInput>>;
  readonly search: Narrowed<z.output<typeof input.searchInput>>;
  readonly board: Narrowed<z.output<typeof input.boardInput>>;
  readonly policies: Narrowed<z.output<typeof input.policiesInput>>;
  readonly tierOrder: Narrowed<z.output<typeof input.tierOrderInput>>;
  readonly probes: view.LabMatrixView;
  readonly effects: EffectsQuestion;
  readonly matches: z.output<typeof input.matchesInput>;
  readonly matrix: z.output<typeof input.matrixInput>;
  /** What would be stored. */
  readonly impact: readonly Change[];
  readonly select: z.output<typeof input.selectorInput>;
  readonly shadows: z.output<typeof input.shadowsInput>;
  readonly terms: z.output<typeof input.termsInput>;
  readonly setUse: z.output<typeof input.setUseInput>;
  readonly profileUse: z.output<typeof input.profileUseInput>;
}

export interface Answers {
  readonly explain: view.ExplainView;
  readonly effective: view.EffectiveView;
  readonly coverage: view.CoverageView;
  readonly protection: view.ProtectionView;
  readonly endpoints: view.EndpointListView;
  readonly endpoint: view.EndpointView;
  readonly objects: view.ObjectRowsView;
  readonly search: view.SearchView;
  readonly board: view.BoardView;
  readonly policies: view.PolicyListView;
  readonly tierOrder: view.TierOrderView;
  readonly probes: view.JudgedProbesView;
  readonly effects: { readonly effects: readonly view.ChangeSetEffect[] };
  readonly matches: view.MatchesView;
  readonly matrix: view.MatrixView;
  readonly impact: view.ImpactView;
  readonly select: view.SelectorView;
  readonly shadows: view.ShadowsView;
  readonly terms: view.TermsView;
  readonly setUse: view.SetUseView;
  readonly profileUse: view.ProfileUseView;
}

export type Ask = keyof Questions;
export type Question = { readonly [A in Ask]: { readonly ask: A; readonly about: Questions[A] } }[Ask];

/** Those whose answers have so many rows that these come in parts, and what the list of them is called. */
export const ROWS_OF: Readonly<Partial<Record<Ask, string>>> = {
  coverage: "rows",
  protection: "ends",
  probes: "probes",
  effects: "effects",
  matches: "rows",
  matrix: "cells",
  impact: "changes",
  shadows: "rows",
  setUse: "rows",
  profileUse: "rows",
  tierOrder: "policies",
};

/** It takes long, and takes turns with others. */
export function isLong({ ask, about }: Question): boolean {
  return ROWS_OF[ask] !== undefined || ask === "terms" || (ask === "endpoints" && needsCoverage(about));
}

/** What long answers need: a place for their rows, and turns for others. */
export interface Course {
  readonly rows: Rows;
  /** Does the work for a few of the items at a time. */
  readonly inSlices: <T>(items: readonly T[], work: (slice: readonly T[]) => void) => Promise<void>;
}

/** The answer without its rows. What is not long is answered in one turn. Throws StatusError. */
export async function answerTo(world: World, { ask, about }: Question, course: Course): Promise<unknown> {
  const { evaluator, revision } = world; // this state, however long it takes and whatever comes meanwhile
  try {
    switch (ask) {
      case "explain":
        return { ...explain(evaluator, about), revision };
      case "effective":
        return { ...effective(evaluator, about), revision };
      case "coverage":
        await coverage(world, about, course);
        return { revision };
      case "protection":
        return { ...(await protection(world, course)), revision };
      case "endpoints":
        return { ...(await endpoints(world, about, course)), revision };
      case "endpoint":
        return { ...endpoint(world, about), revision };
      case "objects":
        return { ...objectRows(world, about), revision };
      case "search":
        return { ...search(world, about), revision };
      case "board":
        return { ...board(world, about), revision };
      case "policies":
        return { ...policies(world, about), revision };
      case "tierOrder":
        tierOrder(world, about, course);
        return { revision };
      case "probes":
        await probes(world, about, course);
        return { ...(about.reportedAt !== undefined && { reportedAt: about.reportedAt }), revision };
      case "effects":
        await effects(world, about, course);
        return {};
      case "matches":
        await matchRows(evaluator, about, course);
        return { revision };
      case "matrix":
        return { ...(await matrix(evaluator, about, course)), revision };
      case "impact":
        return { ...(await impact(evaluator, about, course)), revision };
      case "select":
        return select(evaluator, about);
      case "shadows":
        await shadows(world, course);
        return { revision };
      case "terms":
        return { ...(await terms(world, course)), revision };
      case "setUse":
        await setUse(evaluator, course);
        return { revision };
      case "profileUse":
        await profileUse(world, course);
        return { revision };
    }
  } catch (error) {
    throw error instanceof QueryError ? badRequest(error.message) : error;
  }
}
