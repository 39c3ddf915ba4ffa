import { peerSelectors } from "@percale/policy";
import type { Evaluator } from "@percale/policy";
import { badRequest, formatRef, kindsWhere, refOf } from "@percale/resources";
import { matches, SelectorError } from "@percale/selector";
import type { Selector } from "@percale/selector";
import type { SetUse, SetUseRow } from "../trpc/views.ts";
import type { Course } from "./questions.ts";
import { RULE_KINDS, sidesOf } from "./rule-sides.ts";
import type { Side } from "./rule-sides.ts";

const SET_KINDS = kindsWhere(({ traits }) => traits.member === "set");
/** Of one set as many are told; the others are counted. */
const MAX_TOLD = 50;

/** Which rules select which network sets: a row for each set that a rule selects. Throws StatusError 400 if they are too many. */
export async function setUse(evaluator: Evaluator, { rows, inSlices }: Course): Promise<void> {
  const sets = SET_KINDS.flatMap((kind) => [...evaluator.objects.list(kind)]).flatMap((object) => {
    const key = formatRef(refOf(object));
    const found = evaluator.selection.selectable(key);
    return found === undefined ? [] : [{ key, labels: found.labels, uses: [] as SetUse[], count: 0 }];
  });
  // Rules say the same again and again: each selector is matched once.
  await inSlices(await groupsOf(evaluator, inSlices), (slice) => {
    for (const { selector, uses } of slice)
      for (const set of sets) {
        if (!matches(selector, set.labels)) continue;
        set.count += uses.length;
        set.uses.push(...uses.slice(0, MAX_TOLD - set.uses.length));
      }
  });
  for (const { key, uses, count } of sets) {
    if (count === 0) continue;
    const row: SetUseRow = { name: key, count, uses: uses.toSorted(inOrder) };
    if (!rows.add(row)) throw badRequest(`${sets.length} sets with their rules are longer than an answer may be`);
  }
}

interface Group {
  readonly selector: Selector;
  /** Those whose addresses it chooses. */
  readonly uses: SetUse[];
}

/** All sides of all rules by what they select. What does not parse selects nothing, and is told elsewhere. */
async function groupsOf({ objects }: Evaluator, inSlices: Course["inSlices"]): Promise<readonly Group[]> {
  const groups = new Map<string, Group>();
  const add = (key: string, selector: Selector | undefined, use: SetUse): void => {
    if (selector === undefined) return;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { selector, uses: [use] });
    else known.uses.push(use);
  };
  const read = ({ owner, namespace, direction, rule, side, entity }: Side): void => {
    try {
      const { positive, negative } = peerSelectors(entity, namespace);
      const { selector, notSelector, namespaceSelector, serviceAccounts } = entity;
      const key = JSON.stringify([namespace, selector, notSelector, namespaceSelector, serviceAccounts]);
      add(key, positive, { owner, direction, rule, side });
      add(`not ${key}`, negative, { owner, direction, rule, side, isNot: true });
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
    }
  };
  await inSlices(
    RULE_KINDS.flatMap((kind) => [...objects.list(kind)]),
    (slice) => {
      for (const object of slice) for (const side of sidesOf(object)) read(side);
    },
  );
  return [...groups.values()];
}

function inOrder(a: SetUse, b: SetUse): number {
  const key = ({ owner, direction, rule }: SetUse): string =>
    `${formatRef(owner)} ${direction} ${String(rule).padStart(6, "0")}`;
  return key(a) < key(b) ? -1 : 1;
}
