import {
  badRequest,
  charactersLeft,
  definitionOf,
  notFound,
  resourceDefinitions,
  sortKey,
  StatusError,
} from "@percale/resources";
import type { KubeObject, ObjectRef, ResourceDefinition } from "@percale/resources";
import type { ChangeSetResult } from "@percale/protocol";
import type { Datastore } from "@percale/store";
import { admit } from "../admission/admit.ts";
import { authorize, nodeReadRefusal } from "../auth/authorize.ts";
import { tierFault } from "../auth/tier-rights.ts";
import { changeSetAt } from "./change-log.ts";
import { undoing } from "./revert.ts";
import { seen, sightOf } from "./seen.ts";
import type { Services } from "./services.ts";

const HISTORY = 100;
/** Owner of the fields that people set in the dashboard. */
const DASHBOARD = "percale-dashboard";
/** About what is written as JSON in a turn of the event loop. */
const PAGE_CHARACTERS = 1024 * 1024;

export function objectServices(store: Datastore): Services["objects"] {
  return {
    kinds: () =>
      resourceDefinitions.map((definition) => ({
        kind: definition.kind,
        plural: definition.plural,
        namespaced: definition.namespaced,
        shortNames: definition.shortNames,
        description: definition.description,
        internal: definition.internal,
        readOnly: definition.readOnly,
        columns: definition.columns.map(({ name, type, description, priority }) => ({
          name,
          type,
          description,
          priority,
        })),
        schema: definition.openApi(),
      })),
    schema: (kind) => requireKind(kind).openApi(),
    list: async ({ kind, namespace, after }, identity) => {
      requireKind(kind);
      const scope = namespace === undefined ? { kind } : { kind, namespace };
      const { items: all, revision } = await store.list(
        after === undefined ? scope : { ...scope, revision: after.revision, exact: true },
      );
      const sees = sightOf(identity);
      const items = sees === undefined ? all : all.filter(sees);
      const rest = after === undefined ? items : items.filter(({ metadata }) => keyOf(metadata) > keyOf(after));
      const page = pageOf(rest);
      const last = page.at(-1)?.metadata;
      if (last === undefined || page.length === rest.length) return { items: page, revision };
      return { items: page, revision, next: { revision, ...whereOf(last) } };
    },
    get: async (ref, identity) => {
      requireKind(ref.kind);
      authorize(identity, "get", ref);
      const object = await store.get(ref);
      if (object === undefined) throw notFound(ref);
      const fault = tierFault(identity, "get", object) ?? nodeReadRefusal(identity, "get", object);
      if (fault !== undefined) throw fault;
      return object;
    },
    history: async (ref, identity) => seen(await store.history(ref, { limit: HISTORY }), sightOf(identity)),
  };
}

export function changeServices(store: Datastore): Pick<Services["changes"], "apply" | "list" | "revert"> {
  return {
    // A misspelt field must not be taken for one left out, and nobody at the browser reads warnings.
    apply: async (changeSet, identity) =>
      briefly(await admit(store, changeSet, { identity, fieldValidation: "Strict", manager: DASHBOARD })),
    list: async ({ limit, before }, identity) => {
      const all = await store.changes({ limit, ...(before !== undefined && { before }) });
      const activities = seen(all, sightOf(identity));
      const next = all.at(-1)?.revision;
      const isMore = next !== undefined && next > ((await store.oldest()) ?? next);
      return { activities, ...(isMore && { next }) };
    },
    revert: async ({ revision, resourceVersionPrecondition, reason }, identity) => {
      const set = await changeSetAt(store, revision);
      if (seen(set, sightOf(identity)).length < set.length)
        throw new StatusError(
          "Forbidden",
          `revision ${revision} wrote objects that you may not read: whoever may reverts it`,
        );
      const changes = await undoing(store, set, resourceVersionPrecondition);
      if (changes.length === 0) throw badRequest(`nothing that revision ${revision} wrote is left to turn back`);
      const why = reason ?? `revert of revision ${revision}${set[0]?.reason ? `: ${set[0].reason}` : ""}`;
      return briefly(await admit(store, { changes, reason: why }, { identity, manager: DASHBOARD }));
    },
  };
}

/** With no more objects than fit into one answer; the watch brings them all. */
function briefly<T extends ChangeSetResult>(result: T): T {
  return { ...result, objects: pageOf(result.objects) };
}

function pageOf(items: readonly KubeObject[]): readonly KubeObject[] {
  let left = PAGE_CHARACTERS;
  const end = items.findIndex((item) => {
    const isFull = left < 0;
    left = charactersLeft(item, left);
    return isFull;
  });
  return end === -1 ? items : items.slice(0, end);
}

function whereOf({ namespace, name }: Where): Where {
  return namespace === undefined ? { name } : { namespace, name };
}

type Where = Pick<ObjectRef, "namespace" | "name">;

function keyOf({ namespace, name }: Where): string {
  return sortKey(namespace, name);
}

function requireKind(kind: string): ResourceDefinition {
  const definition = definitionOf(kind);
  if (definition === undefined)
    throw badRequest(`kind: there is no ${kind}: one of ${resourceDefinitions.map((one) => one.kind).join(", ")}`);
  return definition;
}
