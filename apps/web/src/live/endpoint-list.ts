"use client";
import type { EndpointRowView, EndpointView } from "@percale/api";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type RouterInputs, useTRPC, useTRPCClient } from "../trpc/client.ts";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";
import { fromWire } from "../trpc/wire.ts";
import type { Coverage } from "../policy/coverage.ts";
import { type ServerList, useServerList } from "./server-list.ts";

export type EndpointFilter = Omit<RouterInputs["lists"]["endpoints"], "at" | "limit">;

/** Endpoints behind a filter, as far as they are on screen. */
export function useEndpointList(filter: EndpointFilter): ServerList<EndpointRowView> {
  const trpc = useTRPC();
  const client = useTRPCClient();
  return useServerList({
    key: [...trpc.lists.endpoints.pathKey(), filter],
    ask: (part, signal) => client.lists.endpoints.query({ ...filter, ...part }, { signal }),
  });
}

/** The first few endpoints that a text finds; undefined while it is not asked, or not told. */
export function useFoundEndpoints(q: string | undefined, limit: number): readonly EndpointRowView[] | undefined {
  const trpc = useTRPC();
  const input = q === undefined ? skipToken : { q, limit };
  return useQuery(trpc.lists.endpoints.queryOptions(input, { placeholderData: keepPreviousData })).data?.rows;
}

export interface NamedEndpoint {
  readonly isAsked: boolean;
  /** Null: nobody is called that. */
  readonly found: EndpointView["found"] | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** Whom a text means, by name or address. */
export function useNamedEndpoint(name: string | undefined): NamedEndpoint {
  const trpc = useTRPC();
  const input = name === undefined || name === "" ? skipToken : { name };
  const { data, error, refetch } = useQuery(trpc.lists.endpoint.queryOptions(input));
  const found = useMemo(
    () => (data?.found == null ? data?.found : { ...data.found, object: fromWire(data.found.object) }),
    [data],
  );
  return { isAsked: input !== skipToken, found, error, refetch: () => void refetch() };
}

/** What is in force on these endpoints, by `namespace/name`. */
export function useCoverageOf(keys: readonly string[]): Coverage | Untold {
  const trpc = useTRPC();
  const input = keys.length === 0 ? skipToken : { per: "endpoint" as const, of: [...keys] };
  const told = toldBy(useQuery(trpc.policy.coverage.queryOptions(input, { placeholderData: keepPreviousData })));
  return useMemo(() => (isUntold(told) ? told : new Map(told.rows.map((row) => [row.name, row]))), [told]);
}
