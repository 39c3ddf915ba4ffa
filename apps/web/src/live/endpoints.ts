"use client";
import { Selection } from "@percale/policy";
import { Profile, WorkloadEndpoint } from "@percale/resources";
import { useMemo } from "react";
import { type Endpoint, type EndpointObject, endpointOf } from "../policy/endpoint.ts";
import { useObjects } from "./objects.ts";

const endpointsOf = once((objects: readonly EndpointObject[]) => objects.map(endpointOf));

/** All workload endpoints as pages name them. */
export function useEndpoints(): Omit<ReturnType<typeof useObjects>, "items"> & { readonly items: readonly Endpoint[] } {
  const objects = useObjects(WorkloadEndpoint);
  const items = endpointsOf(objects.items);
  return { ...objects, items };
}

/** Who is selected by what, with the engine that decides on the nodes: for drafts, and for counts beside what is stored. */
export function useSelection(): { readonly selection: Selection; readonly loaded: boolean } {
  const endpoints = useObjects(WorkloadEndpoint);
  const profiles = useObjects(Profile);
  const selection = useMemo(
    () => new Selection([...profiles.items, ...endpoints.items]),
    [endpoints.items, profiles.items],
  );
  return { selection, loaded: endpoints.loaded && profiles.loaded };
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
