import { beforeEach, expect, test } from "vitest";
import { API_VERSION, definitionOf, resourceDefinitions } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Change } from "@percale/protocol";
import { MemoryStore } from "@percale/store/memory";
import { ADMIN_GROUP } from "../auth/identity.ts";
import { changeServices, objectServices } from "./objects.ts";
import type { Services } from "./services.ts";

const identity = { user: "ada", groups: [ADMIN_GROUP], method: "token" } as const;
const kind = "GlobalNetworkSet";

let store: MemoryStore;
let objects: Services["objects"];
let changes: ReturnType<typeof changeServices>;
beforeEach(() => {
  store = new MemoryStore();
  objects = objectServices(store);
  changes = changeServices(store);
});

const setOf = (name: string, net = "10.0.0.1", more: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...more },
  spec: { nets: [net] },
});
const create = (object: KubeObject): Change => ({ op: "create", object });
/** Writes past every check but the store's own; the revision that it ends with. */
const write = (changes: readonly Change[], reason?: string): number =>
  Number(store.commit({ author: "ed", changes, ...(reason !== undefined && { reason }) }).resourceVersion);
const get = (name: string): KubeObject | undefined => store.objects.get({ kind, name });
const update = (name: string, net: string): Change => ({
  op: "update",
  object: { ...get(name)!, spec: { nets: [net] } },
});
const nets = () =>
  store.objects.list(kind).map(({ metadata, spec }) => [metadata.name, ...(spec as { nets: string[] }).nets]);
const names = (items: readonly KubeObject[]) =>
  items.map(({ metadata: { namespace = "", name } }) => `${namespace}/${name}`);
/** Three of these fill a page. */
const large = (name: string, namespace?: string): KubeObject => ({
  apiVersion: API_VERSION,
  kind: namespace === undefined ? kind : "NetworkSet",
  metadata: { name, ...(namespace !== undefined && { namespace }), annotations: { note: "x".repeat(400_000) } },
  spec: { nets: [] },
});

test("every kind is told with what forms and tables need of it", () => {
  const kinds = objects.kinds();
  expect(kinds.map((one) => one.kind)).toEqual(resourceDefinitions.map((one) => one.kind));
  expect(kinds.find((one) => one.kind === "IPPool")).toMatchObject({
    plural: "ippools",
    namespaced: false,
    internal: false,
    schema: { type: "object" },
    columns: expect.arrayContaining([
      expect.objectContaining({ name: "Name", type: "string", priority: 0 }),
    ]) as unknown,
  });
});

test("one kind's schema is asked for by its name", () => {
  expect(objects.schema("IPPool")).toBe(definitionOf("IPPool")?.openApi());
  expect(() => objects.schema("Pod")).toThrow("there is no Pod");
});

test("a kind that there is not is a bad request, an object that there is not is not found", async () => {
  await expect(objects.list({ kind: "Pod" }, identity)).rejects.toMatchObject({ reason: "BadRequest" });
  await expect(objects.get({ kind: "Pod", name: "a" }, identity)).rejects.toMatchObject({ reason: "BadRequest" });
  await expect(objects.get({ kind, name: "a" }, identity)).rejects.toMatchObject({ reason: "NotFound" });
  write([create(setOf("a"))]);
  expect(await objects.get({ kind, name: "a" }, identity)).toEqual(get("a"));
});

test("a list that fits is one page of the newest revision, of all or of a namespace", async () => {
  write([create(setOf("b")), create(setOf("a"))]);
  write(["x", "y"].map((namespace) => create({ ...setOf("n", "10.0.0.1", { namespace }), kind: "NetworkSet" })));
  expect(await objects.list({ kind }, identity)).toEqual({ items: [get("a"), get("b")], revision: store.revision });
  expect(await objects.list({ kind: "Tier" }, identity)).toEqual({ items: [], revision: store.revision });
  const { items } = await objects.list({ kind: "NetworkSet", namespace: "y" }, identity);
  expect(names(items)).toEqual(["y/n"]);
});

test("a long list comes in pages, all of the first one's revision", async () => {
  write(["a", "b", "c", "d", "e", "f", "g"].map((name) => create(large(name))));
  const { revision } = store;
  const first = await objects.list({ kind }, identity);
  write([{ op: "delete", ref: { kind, name: "f" } }, create(large("ca"))]);
  const second = await objects.list({ kind, after: first.next! }, identity);
  const third = await objects.list({ kind, after: second.next! }, identity);
  expect([first, second, third].map(({ items, ...page }) => ({ ...page, items: names(items) }))).toEqual([
    { revision, items: ["/a", "/b", "/c"], next: { revision, name: "c" } },
    { revision, items: ["/d", "/e", "/f"], next: { revision, name: "f" } },
    { revision, items: ["/g"] },
  ]);
});

test("pages go on from namespace to namespace, and end with the last object of a full one", async () => {
  write([create(large("z", "m")), create(large("a", "n")), create(large("b", "n"))]);
  write([create(large("a", "o")), create(large("b", "o")), create(large("c", "o"))]);
  const first = await objects.list({ kind: "NetworkSet" }, identity);
  expect([names(first.items), first.next]).toEqual([
    ["m/z", "n/a", "n/b"],
    { revision: store.revision, namespace: "n", name: "b" },
  ]);
  const { items, next } = await objects.list({ kind: "NetworkSet", after: first.next! }, identity);
  expect([names(items), next]).toEqual([["o/a", "o/b", "o/c"], undefined]);
});

test("an object's history is its own, the newest first", async () => {
  write([create(setOf("a")), create(setOf("b"))]);
  write([update("a", "10.0.0.2")], "why");
  const history = await objects.history({ kind, name: "a" }, identity);
  expect(history.map(({ revision, op, reason }) => ({ revision, op, reason }))).toEqual([
    { revision: 3, op: "MODIFIED", reason: "why" },
    { revision: 1, op: "ADDED", reason: "" },
  ]);
});

test("the log comes in pages that say where to go on while there is more", async () => {
  for (const name of ["a", "b", "c"]) write([create(setOf(name))]);
  const page = async (limit: number, before?: number) => {
    const { activities, next } = await changes.list({ limit, ...(before !== undefined && { before }) }, identity);
    return { revisions: activities.map(({ revision }) => revision), next };
  };
  expect([await page(2), await page(2, 2), await page(3), await page(3, 1)]).toEqual([
    { revisions: [3, 2], next: 2 },
    { revisions: [1], next: undefined },
    { revisions: [3, 2, 1], next: undefined },
    { revisions: [], next: undefined },
  ]);
});

test("a write from the browser takes no field that there is not, and answers with what was written", async () => {
  const wrong = { ...setOf("a"), spec: { nets: [], net: "10.0.0.1" } };
  await expect(changes.apply({ changes: [create(wrong)] }, identity)).rejects.toMatchObject({ reason: "BadRequest" });
  const { objects: written, resourceVersion } = await changes.apply({ changes: [create(setOf("a"))] }, identity);
  expect([written, resourceVersion]).toEqual([[get("a")], String(store.revision)]);
});

test("a write of much answers with what fits", async () => {
  const { objects: told } = await changes.apply(
    { changes: ["a", "b"].flatMap((one) => [create(setOf(`${one}1`)), create(setOf(`${one}2`))]) },
    identity,
  );
  expect(names(told)).toEqual(["/a1", "/a2", "/b1", "/b2"]);
});

async function revert(revision: number, options: { resourceVersionPrecondition?: string; reason?: string } = {}) {
  return changes.revert({ revision, ...options }, identity);
}

test("a reverted creation is gone, a reverted change and a reverted deletion are back as they were", async () => {
  const made = write([create(setOf("a")), create(setOf("b"))]);
  const changed = write([update("b", "10.0.0.2")]);
  await revert(changed);
  expect(nets()).toEqual([
    ["a", "10.0.0.1"],
    ["b", "10.0.0.1"],
  ]);
  const uid = get("a")!.metadata.uid;
  const deleted = write([{ op: "delete", ref: { kind, name: "a" } }]);
  await revert(deleted);
  expect(nets()).toEqual([
    ["a", "10.0.0.1"],
    ["b", "10.0.0.1"],
  ]);
  expect(get("a")!.metadata.uid).not.toBe(uid);
  await revert(made);
  expect(nets()).toEqual([]);
});

test("whichever of its revisions is named, a change set is undone whole, the newest change first", async () => {
  write([create(setOf("a"))]);
  const last = write([{ op: "delete", ref: { kind, name: "a" } }, create(setOf("a", "10.0.0.2")), create(setOf("b"))]);
  await revert(last - 1);
  expect(nets()).toEqual([["a", "10.0.0.1"]]);
});

test("a change that somebody else's followed is undone all the same, unless asked otherwise", async () => {
  write([create(setOf("a"))]);
  const changed = write([update("a", "10.0.0.2")]);
  const later = write([update("a", "10.0.0.3")]);
  await expect(revert(changed, { resourceVersionPrecondition: "1" })).rejects.toMatchObject({ reason: "Conflict" });
  await revert(changed, { resourceVersionPrecondition: String(later) });
  expect(nets()).toEqual([["a", "10.0.0.1"]]);
});

test("what is still as the reverted change left it meets any precondition", async () => {
  write([create(setOf("a"))]);
  await revert(write([update("a", "10.0.0.2")]), { resourceVersionPrecondition: "1" });
  expect(nets()).toEqual([["a", "10.0.0.1"]]);
});

test("what a change deleted and nobody made again is back, whatever the precondition", async () => {
  write([create(setOf("a"))]);
  await revert(write([{ op: "delete", ref: { kind, name: "a" } }]), { resourceVersionPrecondition: "1" });
  expect(nets()).toEqual([["a", "10.0.0.1"]]);
  const both = write([update("a", "10.0.0.2"), { op: "delete", ref: { kind, name: "a" } }]);
  await revert(both, { resourceVersionPrecondition: "1" });
  expect(nets()).toEqual([["a", "10.0.0.1"]]);
  const deleted = write([{ op: "delete", ref: { kind, name: "a" } }]);
  write([create(setOf("a", "10.0.0.3"))]);
  await expect(revert(deleted, { resourceVersionPrecondition: "1" })).rejects.toMatchObject({ reason: "Conflict" });
});

test("what is gone meets no precondition, and says so", async () => {
  const made = write([create(setOf("a"))]);
  write([{ op: "delete", ref: { kind, name: "a" } }]);
  const refused = revert(made, { resourceVersionPrecondition: "7" });
  await expect(refused).rejects.toThrow("its resourceVersion is gone");
  await expect(revert(made)).rejects.toMatchObject({ reason: "BadRequest" }); // nothing to do
});

test("a change of what is gone since is undone by making it again", async () => {
  write([create(setOf("a"))]);
  const changed = write([update("a", "10.0.0.2")]);
  write([{ op: "delete", ref: { kind, name: "a" } }]);
  await revert(changed);
  expect(nets()).toEqual([["a", "10.0.0.1"]]);
});

test.each<[given: string | undefined, was: string | undefined, kept: string]>([
  [undefined, undefined, "revert of revision 1"],
  [undefined, "a trial", "revert of revision 1: a trial"],
  ["a mistake", "a trial", "a mistake"],
])("a revert for the reason %s of a change for the reason %s is kept as %s", async (given, was, kept) => {
  await revert(write([create(setOf("a"))], was), given === undefined ? {} : { reason: given });
  const newest = await store.changes({ limit: 1 });
  expect(newest.map(({ reason, author }) => [reason, author])).toEqual([[kept, "ada"]]);
});

test.each([7, 2])("a revision that the log does not have can't be reverted: %i", async (revision) => {
  for (const name of ["a", "b", "c"]) write([create(setOf(name))]);
  await store.compact({ keepRevisions: 1 });
  await expect(revert(revision)).rejects.toThrow(`revision ${revision} is not in the log any more, or never was`);
});

test("a namespace that a change implied stays, one that was made by itself goes", async () => {
  const there = () => store.objects.get({ kind: "Namespace", name: "shop" }) !== undefined;
  const implied = write([create({ ...setOf("n", "10.0.0.1", { namespace: "shop" }), kind: "NetworkSet" })]);
  expect(there()).toBe(true);
  await revert(implied);
  expect([store.objects.list("NetworkSet"), there()]).toEqual([[], true]);
  const alone = write([
    { op: "create", object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "bar" }, spec: {} } },
  ]);
  await revert(alone);
  expect(store.objects.get({ kind: "Namespace", name: "bar" })?.metadata.deletionTimestamp).toBeUndefined();
  expect(names(store.objects.list("Namespace"))).not.toContain("/bar");
});

test("the books of addresses are not turned back with what they were kept for", async () => {
  const handle = {
    apiVersion: API_VERSION,
    kind: "IPAMHandle",
    metadata: { name: "h" },
    spec: { handleID: "h", block: {}, deleted: false },
  };
  await revert(write([create(handle), create(setOf("a"))]));
  expect([nets(), names(store.objects.list("IPAMHandle"))]).toEqual([[], ["/h"]]);
});
