"use client";
import type { TermsView } from "@percale/api";
import { Tier } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ValueSource } from "../editor/completion.ts";
import { useTRPC } from "../trpc/client.ts";
import { useObjects } from "./objects.ts";

const NOTHING: Pick<TermsView, "namespaces" | "labels"> = { namespaces: [], labels: [] };
const FRESH_MS = 60_000;

/** What endpoints are known by, the most used first. Asked once for an editor: a suggestion may be a minute old. */
export function useTerms() {
  return useQuery(useTRPC().selectors.terms.queryOptions({}, { staleTime: FRESH_MS }));
}

/** Values of the live cluster for completion: tiers, namespaces, selectors in use, protocols. */
export function useValueSource(): ValueSource {
  const tiers = useObjects(Tier).items;
  const { namespaces, labels } = useTerms().data ?? NOTHING;
  return useCallback(
    (path) => {
      const last = path.at(-1);
      const names = namespaces.map(({ name }) => name).sort();
      if (last === "tier") return tiers.map((tier) => tier.metadata.name);
      if (last === "namespace") return names;
      if (last === "selector" || last === "notSelector")
        return ["all()", ...labels.map(({ key, value }) => `${key} == '${value}'`)];
      if (last === "namespaceSelector") return ["all()", ...names.map((name) => `projectcalico.org/name == '${name}'`)];
      if (last === "protocol" || last === "notProtocol") return ["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite"];
      return [];
    },
    [tiers, namespaces, labels],
  );
}
