"use client";
import { useMemo } from "react";
import { type Endpoint, type EndpointObject, endpointOf, type EndpointSpec } from "../policy/endpoint.ts";
import { type Selectable, selectables } from "../policy/selection.ts";
import { useObjects } from "./objects.ts";

const endpointsOf = once((objects: readonly EndpointObject[]) => objects.map(endpointOf));

/** All workload endpoints as pages name them. */
export function useEndpoints(): Omit<ReturnType<typeof useObjects>, "items"> & { readonly items: readonly Endpoint[] } {
  const objects = useObjects<EndpointSpec>("WorkloadEndpoint");
  const items = endpointsOf(objects.items);
  return { ...objects, items };
}

/** Endpoints with every label that selectors see. */
export function useSelectables(): { readonly items: readonly Selectable[]; readonly loaded: boolean } {
  const endpoints = useEndpoints();
  const profiles = useObjects<{ readonly labelsToApply?: Readonly<Record<string, string>> }>("Profile");
  const items = useMemo(() => selectables(endpoints.items, profiles.items), [endpoints.items, profiles.items]);
  return { items, loaded: endpoints.loaded && profiles.loaded };
}

/** One result per input array, however many components ask. */
function once<T, R>(make: (items: readonly T[]) => R): (items: readonly T[]) => R {
  const made = new WeakMap<readonly T[], R>();
  return (items) => {
    let result = made.get(items);
    if (result === undefined) {
      result = make(items);
      made.set(items, result);
    }
    return result;
  };
}
