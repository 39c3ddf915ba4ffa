"use client";
import { WorkloadEndpoint } from "@percale/resources/catalog";
import { type Endpoint, type EndpointObject, endpointOf } from "../policy/endpoint.ts";
import { useObjects } from "./objects.ts";

const endpointsOf = once((objects: readonly EndpointObject[]) => objects.map(endpointOf));

/** All workload endpoints as pages name them. */
export function useEndpoints(): Omit<ReturnType<typeof useObjects>, "items"> & { readonly items: readonly Endpoint[] } {
  const objects = useObjects(WorkloadEndpoint);
  const items = endpointsOf(objects.items);
  return { ...objects, items };
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
