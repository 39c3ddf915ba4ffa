import type { KubeObject } from "@percale/resources";
import type { StoreBookmark, StoreEvent } from "@percale/store";
import { expect, test } from "vitest";
import { transition } from "./watch.ts";

/** One that the selector selects, or not. */
const object = (name: "in" | "out", resourceVersion: string): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkSet",
  metadata: { name: "a", labels: { name }, resourceVersion },
  spec: {},
});
const isIn = ({ metadata }: KubeObject): boolean => metadata.labels?.["name"] === "in";
const [wasIn, wasOut, isInNow, isOutNow] = [
  object("in", "1"),
  object("out", "1"),
  object("in", "2"),
  object("out", "2"),
];
const event = (type: StoreEvent["type"], now: KubeObject, previous?: KubeObject): StoreEvent => ({
  revision: 2,
  type,
  object: now,
  ...(previous !== undefined && { previous }),
  last: true,
});

test.each<[what: string, happened: StoreEvent | StoreBookmark, seen: ReturnType<typeof transition>]>([
  ["is made and matches", event("ADDED", isInNow), { type: "ADDED", object: isInNow }],
  ["is made and does not match", event("ADDED", isOutNow), undefined],
  ["goes on matching", event("MODIFIED", isInNow, wasIn), { type: "MODIFIED", object: isInNow }],
  ["begins to match", event("MODIFIED", isInNow, wasOut), { type: "ADDED", object: isInNow }],
  [
    "stops matching",
    event("MODIFIED", isOutNow, wasIn),
    { type: "DELETED", object: object("in", "2") }, // as it was, at the new version
  ],
  ["never matched", event("MODIFIED", isOutNow, wasOut), undefined],
  ["matched and is deleted", event("DELETED", isInNow, wasIn), { type: "DELETED", object: isInNow }],
  ["is deleted, of an unknown past", event("DELETED", isInNow), { type: "DELETED", object: isInNow }],
  ["did not match and is deleted", event("DELETED", isInNow, wasOut), undefined],
  ["is none: a bookmark", { type: "BOOKMARK", revision: 2 }, undefined],
])("a watch with a selector sees of what %s no more than concerns it", (_, happened, seen) => {
  expect(transition(happened, isIn)).toEqual(seen);
});
