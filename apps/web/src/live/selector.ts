"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { failureOf, useTRPC } from "../trpc/client.ts";

/** Where a selector stands: what a policy applies to, or the other side of a rule. */
export interface Scope {
  readonly of: "policy" | "peer";
  /** The policy's own; absent for a global one. */
  readonly namespace?: string | undefined;
  readonly namespaceSelector?: string | undefined;
  readonly serviceAccountSelector?: string | undefined;
}

export type Matches =
  | { readonly said: "waiting" }
  | {
      readonly said: "matches";
      readonly count: number;
      readonly namespaces: number;
      /** Of the first of them. */
      readonly names: readonly string[];
    }
  /** The text is no selector, and why. */
  | { readonly said: "wrong"; readonly message: string }
  /** Nobody could say, and why, in words for people. */
  | { readonly said: "failed"; readonly message: string };

const NAMES_SHOWN = 4;
const ANYWHERE: Scope = { of: "peer" };

/** Whom a selector selects right now where it stands, be it stored or being typed; asked again when anything changes. While it is asked the answer before stays. */
export function useSelectorMatches(selector: string, scope: Scope = ANYWHERE): Matches {
  const { of, namespace, namespaceSelector, serviceAccountSelector } = scope;
  const { data, error } = useQuery(
    useTRPC().selectors.test.queryOptions(
      {
        selector,
        ...(namespaceSelector !== undefined && { namespaceSelector }),
        ...(serviceAccountSelector !== undefined && { serviceAccountSelector }),
        scope: { of, ...(namespace !== undefined && namespace !== "" && { namespace }) },
        first: NAMES_SHOWN,
      },
      { placeholderData: keepPreviousData },
    ),
  );
  if (error !== null) return { said: "failed", message: `Nobody can say what it selects. ${failureOf(error).message}` };
  if (data === undefined) return { said: "waiting" };
  if (!data.ok) return { said: "wrong", message: data.message };
  return { said: "matches", count: data.count, namespaces: data.namespaces, names: data.called };
}
