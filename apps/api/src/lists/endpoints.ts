import type { Covered } from "@percale/policy";
import { badRequest, WorkloadEndpoint } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { coverageOf } from "../policy/coverage.ts";
import type { Course, Questions } from "../policy/questions.ts";
import type { World } from "../policy/world.ts";
import type { EndpointListView, EndpointView } from "../trpc/views.ts";
import { ENDPOINT_ORDERS, entryOf } from "./endpoint-entry.ts";
import { listFilter, parseSort, textFilter, windowOf } from "./window.ts";

const { kind } = WorkloadEndpoint;
/** What is open comes first. */
const OPEN_FIRST = { open: 0, partly: 1, closed: 2 } as const;

/** By what is in force on an endpoint. */
const COVERAGE_ORDERS = new Map<string, (covered: Covered) => number>([
  ["policies", ({ count }) => count],
  ["ingress", ({ protection }) => OPEN_FIRST[protection.ingress.is]],
  ["egress", ({ protection }) => OPEN_FIRST[protection.egress.is]],
]);

/** It takes as long as it takes to count what is in force where. */
export function needsCoverage({ sort, ingress, egress }: Questions["endpoints"]): boolean {
  return COVERAGE_ORDERS.has(parseSort(sort).column) || ingress !== undefined || egress !== undefined;
}

/** Those that match, in their order, from one on. */
export async function endpoints(
  world: World,
  question: Questions["endpoints"],
  { inSlices }: Course,
): Promise<Omit<EndpointListView, "revision">> {
  const { objects } = world.evaluator;
  const covered = needsCoverage(question) ? (await coverageOf(world, inSlices)).byEndpoint : undefined;
  const { column, isDown } = parseSort(question.sort);
  const byName = world.orders.by("name", { objects, kinds: [kind], keyOf: ENDPOINT_ORDERS.get("name")! });
  const rankOf = COVERAGE_ORDERS.get(column);
  const list = (): readonly KubeObject[] => {
    if (column === "state") return firstOf(byName, question.first);
    if (rankOf !== undefined)
      return sortedBy(byName, (object) => {
        const one = covered?.get(entryOf(object).row.key);
        return one === undefined ? -1 : rankOf(one);
      });
    const keyOf = ENDPOINT_ORDERS.get(column);
    if (keyOf === undefined) throw badRequest(`sort: endpoints have no order by ${JSON.stringify(column)}`);
    return world.orders.by(column, { objects, kinds: [kind], keyOf });
  };
  const [inNamespace, onNode, hasText] = [listFilter(question.ns), listFilter(question.node), textFilter(question.q)];
  const isSelected = selectedBy(world, question.policy);
  const isWay = (key: string, direction: "ingress" | "egress"): boolean =>
    question[direction] === undefined || covered?.get(key)?.protection[direction].is === question[direction];
  const { rows, matched } = windowOf(isDown ? list().toReversed() : list(), question, (object) => {
    const { row, profiles, searched } = entryOf(object);
    return (
      isSelected(row.key) &&
      (question.profile === undefined || profiles.includes(question.profile)) &&
      hasText(searched) &&
      inNamespace(row.namespace) &&
      onNode(row.node) &&
      isWay(row.key, "ingress") &&
      isWay(row.key, "egress")
    );
  });
  return { rows: rows.map((object) => entryOf(object).row), matched, total: byName.length };
}

/** Nobody, if there is no such policy or it does not parse. */
function selectedBy({ evaluator }: World, policy: ObjectRef | undefined): (key: string) => boolean {
  if (policy === undefined) return () => true;
  const object = evaluator.objects.get(policy);
  const subjects = object === undefined ? [] : evaluator.selection.subjectsOf(object);
  const selected = new Set(subjects.map((one) => entryOf(one.object).row.key));
  return (key) => selected.has(key);
}

/** Stable: equal ones stay by name. */
function sortedBy(list: readonly KubeObject[], rankOf: (object: KubeObject) => number): readonly KubeObject[] {
  return list
    .map((object) => ({ object, rank: rankOf(object) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ object }) => object);
}

function firstOf(list: readonly KubeObject[], keys: readonly string[] = []): readonly KubeObject[] {
  const place = new Map(keys.map((key, at) => [key, at]));
  return sortedBy(list, (object) => place.get(entryOf(object).row.key) ?? keys.length);
}

/** Whom a text means: `shop/frontend`, `frontend`, the object's name, an address, or how one of them begins; null if it means nobody. */
export function endpoint(world: World, { name }: Questions["endpoint"]): Omit<EndpointView, "revision"> {
  const found = endpointMeant(world, name);
  return { found: found === undefined ? null : { row: entryOf(found).row, object: found } };
}

export function endpointMeant(world: World, name: string): KubeObject | undefined {
  const { objects } = world.evaluator;
  const [namespace = "", own = ""] = name.split("/");
  const exact = objects.get({ kind, namespace, name: own });
  return (
    exact ??
    wordsMean(world.orders.by("name", { objects, kinds: [kind], keyOf: ENDPOINT_ORDERS.get("name")! }), name.trim())
  );
}

function wordsMean(list: readonly KubeObject[], wanted: string): KubeObject | undefined {
  const tests: readonly ((object: KubeObject) => boolean)[] = [
    (object) => entryOf(object).text === wanted,
    (object) => {
      const { name, objectName, addresses } = entryOf(object).row;
      return name === wanted || objectName === wanted || addresses.includes(wanted);
    },
    (object) => entryOf(object).text.startsWith(wanted) || entryOf(object).row.name.startsWith(wanted),
  ];
  for (const test of tests) {
    const found = list.find(test);
    if (found !== undefined) return found;
  }
  return undefined;
}
