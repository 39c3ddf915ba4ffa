"use client";
import { Tier } from "@percale/resources/catalog";
import { useCallback, useMemo } from "react";
import type { ValueSource } from "../editor/completion.ts";
import { useEndpoints } from "./endpoints.ts";
import { useObjects } from "./objects.ts";

/** Values of the live cluster for completion: tiers, namespaces, selectors in use, ports by name, protocols. */
export function useValueSource(): ValueSource {
  const tiers = useObjects(Tier);
  const endpoints = useEndpoints();
  const known = useMemo(() => {
    const terms = new Map<string, number>();
    for (const { labels } of endpoints.items) {
      for (const [key, value] of Object.entries(labels)) {
        const term = `${key} == '${value}'`;
        terms.set(term, (terms.get(term) ?? 0) + 1);
      }
    }
    return {
      tiers: tiers.items.map((tier) => tier.metadata.name),
      namespaces: [...new Set(endpoints.items.map(({ namespace }) => namespace))].sort(),
      terms: [...terms]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 50)
        .map(([term]) => term),
    };
  }, [tiers.items, endpoints.items]);
  return useCallback(
    (path) => {
      const last = path.at(-1);
      if (last === "tier") return known.tiers;
      if (last === "namespace") return known.namespaces;
      if (last === "selector" || last === "notSelector") return ["all()", ...known.terms];
      if (last === "namespaceSelector")
        return ["all()", ...known.namespaces.map((name) => `projectcalico.org/name == '${name}'`)];
      if (last === "protocol" || last === "notProtocol") return ["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite"];
      return [];
    },
    [known],
  );
}
