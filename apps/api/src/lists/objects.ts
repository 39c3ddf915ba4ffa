import { cellOf, badRequest, definitionOf, refOf } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { seesBy } from "../auth/sight.ts";
import type { Questions } from "../policy/questions.ts";
import type { World } from "../policy/world.ts";
import type { ObjectCell, ObjectRowsView } from "../trpc/views.ts";
import { hasFieldWith } from "./field-text.ts";
import { naturalKey } from "./orders.ts";
import type { Key } from "./orders.ts";
import { listFilter, parseSort, windowOf } from "./window.ts";

/** Of any kind, in its printer columns: those that match, in their order, from one on. A text is looked for in names and fields. Throws StatusError 400 for kinds and columns that are none. */
export function objectRows(world: World, question: Questions["objects"]): Omit<ObjectRowsView, "revision"> {
  const definition = definitionOf(question.kind);
  if (definition === undefined) throw badRequest(`kind: there is no ${question.kind}`);
  const { kind } = definition;
  const { objects } = world.evaluator;
  const { column, isDown } = parseSort(question.sort);
  const sees = seesBy(question.rights);
  const list = world.orders.by(column, { objects, kinds: [kind], keyOf: keyBy(definition, column) }).filter(sees);
  const inNamespace = listFilter(question.ns);
  const wanted = (question.q ?? "").trim().toLowerCase();
  const { rows, matched } = windowOf(isDown ? list.toReversed() : list, question, (object) => {
    const { namespace = "", name } = object.metadata;
    return (
      inNamespace(namespace) && (`${namespace}/${name}`.toLowerCase().includes(wanted) || hasFieldWith(object, wanted))
    );
  });
  return { rows: rows.map((object) => rowOf(definition, object)), matched, total: list.length };
}

function rowOf(definition: ResourceDefinition, object: KubeObject): ObjectRowsView["rows"][number] {
  const columns = definition.columns.filter(({ priority }) => priority === 0);
  return { ref: refOf(object), cells: columns.map((column) => cellIn(column, object)) };
}

type Column = ResourceDefinition["columns"][number];

/** A date as it stands: the page says how long ago that is. */
function cellIn(column: Column, object: KubeObject): ObjectCell {
  return column.type === "date" ? (object.metadata.creationTimestamp ?? null) : cellOf(column, object, 0);
}

function keyBy(definition: ResourceDefinition, name: string): (object: KubeObject) => Key {
  const column = definition.columns.find((each) => each.name === name);
  if (column === undefined) throw badRequest(`sort: ${definition.kind} has no column ${JSON.stringify(name)}`);
  const isNumber = column.type === "integer" || column.type === "number";
  return (object) => {
    const cell = cellIn(column, object);
    const value = isNumber ? (cell === null ? Infinity : Number(cell)) : naturalKey(String(cell ?? ""));
    return { value, name: naturalKey(`${object.metadata.name}/${object.metadata.namespace ?? ""}`) };
  };
}
