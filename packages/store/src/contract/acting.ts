/** What the contract's tests do to a store. */
import { expect } from "vitest";
import { API_VERSION, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Change } from "@percale/protocol";
import type { ApplyOptions, Datastore, StoreEvent } from "../datastore.ts";

export const KIND = "GlobalNetworkSet";

let made = 0;

export function networkSet(name = `set-${made++}`, spec: unknown = { nets: ["10.0.0.0/8"] }): KubeObject {
  return { apiVersion: API_VERSION, kind: KIND, metadata: { name }, spec };
}

export function networkSets(count: number): KubeObject[] {
  return Array.from({ length: count }, () => networkSet());
}

export const created = (object: KubeObject): Change => ({ op: "create", object });
export const deleted = (object: KubeObject): Change => ({ op: "delete", ref: refOf(object) });
export const updated = (object: KubeObject): Change => ({ op: "update", object });

/** One change set of alice's; the objects as they are stored. */
export async function write(
  store: Datastore,
  changes: readonly Change[],
  options?: ApplyOptions,
): Promise<readonly KubeObject[]> {
  return (await store.apply({ author: "alice", changes }, options)).objects;
}

export async function create(store: Datastore, object: KubeObject = networkSet()): Promise<KubeObject> {
  return (await write(store, [created(object)]))[0]!;
}

export async function update(store: Datastore, object: KubeObject, subresource?: "status"): Promise<KubeObject> {
  return (await write(store, [{ op: "update", object, ...(subresource !== undefined && { subresource }) }]))[0]!;
}

/** So many objects, each in a change set of its own, at once. */
export function createMany(store: Datastore, count: number): Promise<KubeObject[]> {
  return Promise.all(networkSets(count).map((object) => create(store, object)));
}

export async function take<T>(events: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

/** `TYPE name` of each event. */
export function told(events: readonly StoreEvent[]): string[] {
  return events.map(({ type, object }) => `${type} ${object.metadata.name}`);
}

export function revisions(events: readonly { readonly revision: number }[]): number[] {
  return events.map(({ revision }) => revision);
}

/** `count` revisions from the one after `since`. */
export function after(since: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => since + 1 + i);
}

export async function names(store: Datastore, kind = KIND): Promise<string[]> {
  return (await store.list({ kind })).items.map(({ metadata }) => metadata.name);
}

export function refused(reason: string): object {
  return expect.objectContaining({ reason });
}

export const NOWHERE: ObjectRef = { kind: KIND, name: "nowhere" };
