"use client";
import type { Selection } from "@percale/policy";
import { useCallback, useDeferredValue, useMemo } from "react";
import { endpointText } from "../policy/endpoint.ts";
import { endpointsBy, type Scope, subjectsOf } from "../policy/selection.ts";
import type { PolicyObject } from "../policy/spec.ts";
import { useSelection } from "./endpoints.ts";

export interface SelectorMatch {
  /** Undefined while endpoints load. */
  readonly count: number | undefined;
  readonly namespaces: number;
  readonly names: readonly string[];
  readonly error: string | undefined;
}

/** What a selector matches right now, in the browser, with the engine that decides on the nodes. */
export function useSelectorMatches(text: string, scope: Scope | undefined): SelectorMatch {
  const deferred = useDeferredValue(text);
  const { selection, loaded } = useSelection();
  const { of = "peer", namespace, namespaceSelector, serviceAccountSelector } = scope ?? {};
  return useMemo(() => {
    try {
      const found = endpointsBy(selection, deferred, { of, namespace, namespaceSelector, serviceAccountSelector });
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
  }, [selection, loaded, deferred, of, namespace, namespaceSelector, serviceAccountSelector]);
}

const counts = new WeakMap<Selection, Map<string, number>>();

/** Counts endpoints of policies, once per selector and set of endpoints: a board has many policies with few selectors. */
export function useEndpointCounts(): (policy: PolicyObject) => number | undefined {
  const { selection, loaded } = useSelection();
  return useCallback(
    (policy) => {
      if (!loaded) return undefined;
      let bySelector = counts.get(selection);
      if (bySelector === undefined) {
        bySelector = new Map();
        counts.set(selection, bySelector);
      }
      const { kind, metadata, spec } = policy;
      const key = [kind, metadata.namespace, spec.selector, spec.namespaceSelector, spec.serviceAccountSelector].join(
        "\u0000",
      );
      let count = bySelector.get(key);
      if (count === undefined) {
        count = subjectsOf(selection, policy).length;
        bySelector.set(key, count);
      }
      return count;
    },
    [selection, loaded],
  );
}
