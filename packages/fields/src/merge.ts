import { isRecord, own, setOwn } from "./record.ts";
import { itemStep } from "./step.ts";
import { typeFor, typeOfField } from "./type.ts";
import type { FieldType, ListType, MapType } from "./type.ts";

/** `under` with everything that `over` says: maps and lists as their types tell, everything else whole. Throws DuplicateItem. */
export function merge(under: unknown, over: unknown, declared: FieldType): unknown {
  if (over === undefined) return under;
  if (under === undefined && declared.kind === "scalar") return over;
  const type = typeFor(declared, over);
  if (typeFor(declared, under ?? over).kind !== type.kind) return over;
  switch (type.kind) {
    case "scalar":
      return over;
    case "map":
      return type.isAtomic || (isNone(under) && isNone(over)) ? over : mergedFields(under, over, type);
    case "list":
      return type.merge === "atomic" || (isNone(under) && isNone(over)) ? over : mergedItems(under, over, type);
  }
}

/** Two items of a list that applies alike: which of them is meant? */
export class DuplicateItem extends Error {
  readonly step: string;

  constructor(step: string) {
    super(`duplicate entries for key ${step}`);
    this.step = step;
  }
}

function mergedFields(under: unknown, over: unknown, type: MapType): unknown {
  const [left, right] = [isRecord(under) ? under : {}, isRecord(over) ? over : {}];
  const result: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const of = typeOfField(type, name) ?? { kind: "scalar" };
    const value = merge(own(left, name), own(right, name), of);
    if (value !== undefined) setOwn(result, name, value);
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

interface Item {
  readonly step: string | undefined;
  readonly value: unknown;
}

/** Items of `over` keep their order among each other, and so do those of `under` that stand alone, each before what followed it. */
function mergedItems(under: unknown, over: unknown, type: ListType): unknown {
  const [left, right] = [itemsOf(under, type), itemsOf(over, type)];
  const known = firstByStep(left, { refuseTwice: false });
  const said = firstByStep(right, { refuseTwice: true });
  const shared = right.filter(({ step }) => step !== undefined && known.has(step)).map(({ step }) => step);
  const done = new Set<string | undefined>();
  const result: unknown[] = [];
  const put = ({ step, value }: Item): void => {
    done.add(step);
    result.push(merge(step === undefined ? undefined : known.get(step), value, type.items));
    if (shared[0] === step) shared.shift();
  };
  for (let l = 0, r = 0; l < left.length || r < right.length;) {
    const [old, next] = [left[l], right[r]];
    if (old !== undefined && next !== undefined) {
      if (old.step === next.step) {
        put(next);
        l++;
        r++;
        continue;
      }
      // One that both have, but not the one whose turn it is.
      if (said.has(old.step) && shared.length > 0 && shared[0] !== old.step) {
        l++;
        continue;
      }
    }
    if (old !== undefined) {
      if (!said.has(old.step)) {
        result.push(old.value);
        l++;
        continue;
      }
      if (done.has(old.step)) l++;
    }
    if (next !== undefined) {
      put(next);
      r++;
    }
  }
  return result.length === 0 ? undefined : result;
}

function itemsOf(list: unknown, type: ListType): Item[] {
  return (Array.isArray(list) ? list : []).map((value: unknown) => ({ step: itemStep(type, value), value }));
}

function firstByStep(
  items: readonly Item[],
  { refuseTwice }: { readonly refuseTwice: boolean },
): Map<string | undefined, unknown> {
  const values = new Map<string | undefined, unknown>();
  for (const { step, value } of items) {
    if (step !== undefined && values.has(step) && refuseTwice) throw new DuplicateItem(step);
    values.set(step, values.has(step) ? undefined : value); // of two alike neither is what is merged with
  }
  return values;
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
