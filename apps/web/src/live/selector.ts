"use client";
import { useCallback, useDeferredValue, useMemo } from "react";
import { type Endpoint, endpointText } from "../policy/endpoint.ts";
import { type Scope, type Selectable, selectedBy, selectIn } from "../policy/selection.ts";
import type { PolicyObject } from "../policy/spec.ts";
import { useSelectables } from "./endpoints.ts";

export type MatchScope = Scope;

export interface SelectorMatch {
  /** Undefined while endpoints load. */
  readonly count: number | undefined;
  readonly namespaces: number;
  readonly names: readonly string[];
  readonly error: string | undefined;
}

/** What a selector matches right now, in the browser, with the engine that decides on the nodes. */
export function useSelectorMatches(text: string, scope: MatchScope | undefined): SelectorMatch {
  const deferred = useDeferredValue(text);
  const { items, loaded } = useSelectables();
  const { namespace, namespaceSelector } = scope ?? {};
  return useMemo(() => {
    try {
      const found = selectIn(items, deferred, { namespace, namespaceSelector });
      const count = loaded ? found.length : undefined;
      return {
        count,
        namespaces: new Set(found.map((each) => each.namespace)).size,
        names: found.map(endpointText),
        error: undefined,
      };
    } catch (error) {
      return {
        count: undefined,
        namespaces: 0,
        names: [],
        error: error instanceof Error ? error.message : String(error),
      };
    }
  }, [items, loaded, deferred, namespace, namespaceSelector]);
}

const counts = new WeakMap<readonly Selectable[], Map<string, number>>();

/** Counts endpoints of policies, once per selector and set of endpoints: a board has many policies with few selectors. */
export function useEndpointCounts(): (policy: PolicyObject) => number | undefined {
  const { items, loaded } = useSelectables();
  return useCallback(
    (policy) => {
      if (!loaded) return undefined;
      let bySelector = counts.get(items);
      if (bySelector === undefined) {
        bySelector = new Map();
        counts.set(items, bySelector);
      }
      const { kind, metadata, spec } = policy;
      const key = [kind, metadata.namespace, spec.selector, spec.namespaceSelector, spec.serviceAccountSelector].join(
        "\u0000",
      );
      let count = bySelector.get(key);
      if (count === undefined) {
        count = selectedBy(items, policy).length;
        bySelector.set(key, count);
      }
      return count;
    },
    [items, loaded],
  );
}

/** Policies that select an endpoint, by its own labels and namespace. */
export function policiesApplyingTo(endpoint: Endpoint, policies: readonly PolicyObject[]): readonly PolicyObject[] {
  const one: readonly Selectable[] = [
    {
      endpoint,
      labels: new Map([
        ["pcns.projectcalico.org/name", endpoint.namespace],
        ["projectcalico.org/namespace", endpoint.namespace],
        ...Object.entries(endpoint.labels),
      ]),
    },
  ];
  return policies.filter((policy) => selectedBy(one, policy).length > 0);
}
