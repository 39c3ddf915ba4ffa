"use client";
import type { BoardView, PolicyCardView, PolicyListView } from "@percale/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Move } from "../app/(main)/policies/order-draft.ts";
import type { PlacedTier } from "../app/(main)/policies/plan-step.ts";
import { cardKey, type TierColumn } from "../app/(main)/policies/view.ts";
import { type CardWindow, type Shown, WINDOW_STEP, windowsOf } from "../app/(main)/policies/windows.ts";
import { type RouterInputs, useTRPC, useTRPCClient } from "../trpc/client.ts";
import { type ServerList, useServerList } from "./server-list.ts";

export interface PolicyFilter {
  readonly q?: string;
  readonly ns?: string;
}

interface Asked {
  readonly filter: PolicyFilter;
  /** Of the draft: what it has done so far. */
  readonly moves: readonly Move[];
  /** How often something was moved. */
  readonly steps: number;
}

export interface Board {
  /** Of how many moves of the draft the answer is, and the answer. */
  readonly data: (BoardView & { readonly steps: number }) | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
  /** Says which cards of a tier are on screen: only they, and some around them, are asked for. */
  readonly onShown: (tier: string, shown: Shown) => void;
}

/** Before anybody knows which tiers there are: as many cards of each as fit on the screen. */
const CARD_PX = 60;

/** Policies by tier in evaluation order, as far as they are on screen, as the draft would have them; asked again when anything changes. */
export function useBoard({ filter, moves, steps }: Asked): Board {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [first] = useState(() => {
    const fitting = Math.ceil(globalThis.innerHeight / CARD_PX);
    return Math.ceil(fitting / WINDOW_STEP) * WINDOW_STEP;
  });
  const [windows, setWindows] = useState<readonly CardWindow[]>();
  const question = { ...filter, moves: inputOf(moves), first, ...(windows !== undefined && { windows: [...windows] }) };
  const { data, error, refetch } = useQuery({
    queryKey: [...trpc.board.tiers.pathKey(), question],
    queryFn: async ({ signal }) => ({ steps, ...(await client.board.tiers.query(question, { signal })) }),
    placeholderData: keepPreviousData,
    gcTime: 10_000, // one for each place that is scrolled to
  });
  const shown = useRef(new Map<string, Shown>());
  const onShown = useCallback(
    (tier: string, now: Shown) => {
      shown.current.set(tier, now);
      setWindows((old) => windowsOf(shown.current, old, first));
    },
    [first],
  );
  return { data, error, refetch: () => void refetch(), onShown };
}

/** The same as rows behind the filter. */
export function usePolicyRows(
  { filter, moves }: Omit<Asked, "steps">,
  sort: string,
): ServerList<PolicyCardView, PolicyListView> {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const input = useMemo(() => inputOf(moves), [moves]);
  const question = { ...filter, moves: input, sort };
  return useServerList({
    key: [...trpc.board.rows.pathKey(), question],
    ask: (part, signal) => client.board.rows.query({ ...question, ...part }, { signal }),
  });
}

/** Asks for a tier whole, as the draft has it: who numbers it anew needs every policy. */
export function useTierOrder(): (tier: TierColumn, moves: readonly Move[]) => Promise<PlacedTier> {
  const client = useTRPCClient();
  return useCallback(
    async ({ name }, moves) => {
      const { policies } = await client.board.order.query({ tier: name, moves: inputOf(moves) });
      return { name, cards: policies.map((each) => ({ ...each, order: each.order, key: cardKey(each.ref) })) };
    },
    [client],
  );
}

/** As the server takes them. */
function inputOf(moves: readonly Move[]): NonNullable<RouterInputs["board"]["tiers"]["moves"]> {
  return moves.map(({ ref, to }) => ({ ...ref, tier: to.tier, order: to.order }));
}
