import { matches, restrictionsOf } from "@percale/selector";
import type { Labels, Restriction, Selector } from "@percale/selector";
import { LayeredMap } from "../versions/layered-map.ts";
import { ListsEdit } from "../versions/lists-edit.ts";
import type { SelectingPolicy } from "./selection.ts";

/** Where a policy stands: under the values or the presence of one label that its selector demands. Several values are several places. */
interface Standing {
  readonly policy: SelectingPolicy;
  readonly label: string | undefined;
  readonly places: readonly string[];
}

const ANYWHERE = "";

/** Policies by what their selectors demand, so that an endpoint is compared with those only that may select it. Never changes. */
export class PolicyIndex {
  readonly #standing: LayeredMap<string, Standing>;
  readonly #byPlace: LayeredMap<string, readonly SelectingPolicy[]>;
  /** How many stand under each label. */
  readonly #labels: LayeredMap<string, number>;

  constructor(
    standing: LayeredMap<string, Standing> = new LayeredMap(),
    byPlace: LayeredMap<string, readonly SelectingPolicy[]> = new LayeredMap(),
    labels: LayeredMap<string, number> = new LayeredMap(),
  ) {
    this.#standing = standing;
    this.#byPlace = byPlace;
    this.#labels = labels;
  }

  get size(): number {
    return this.#standing.size;
  }

  /** Each once, in no order. */
  *selecting(labels: Labels): Generator<SelectingPolicy> {
    for (const policy of this.#candidates(labels)) if (matches(policy.head.selector, labels)) yield policy;
  }

  /** In no order. */
  *all(): Generator<SelectingPolicy> {
    for (const { policy } of this.#standing.values()) yield policy;
  }

  /** Those that the other one has not, or has another of that name: what came since it. */
  without(other: PolicyIndex): PolicyIndex {
    if (other.size === 0) return this;
    if (other.#standing === this.#standing) return new PolicyIndex();
    const own = this.#standing.entries().filter(([key, { policy }]) => other.#standing.get(key)?.policy !== policy);
    return new PolicyIndex().with(own.map(([key, { policy }]) => [key, policy]));
  }

  /** All that select these labels, and others, each once. */
  *#candidates(labels: Labels): Generator<SelectingPolicy> {
    yield* this.#byPlace.get(ANYWHERE) ?? [];
    for (const [label] of this.#labels.entries()) {
      const value = labels.get(label);
      if (value === undefined) continue;
      yield* this.#byPlace.get(placeOf(label)) ?? [];
      yield* this.#byPlace.get(placeOf(label, value)) ?? [];
    }
  }

  /** By key: as each policy is now, or undefined where it is gone. */
  with(changes: Iterable<readonly [key: string, SelectingPolicy | undefined]>): PolicyIndex {
    const standing = this.#standing.edit();
    const byPlace = new ListsEdit(this.#byPlace);
    const labels = this.#labels.edit();
    const count = (label: string | undefined, by: number): void => {
      if (label === undefined) return;
      const counted = (labels.get(label) ?? 0) + by;
      labels.set(label, counted === 0 ? undefined : counted);
    };
    for (const [key, policy] of changes) {
      const old = standing.get(key);
      if (old === undefined && policy === undefined) continue;
      for (const place of old?.places ?? []) byPlace.remove(place, old!.policy);
      count(old?.label, -1);
      const next = policy === undefined ? undefined : stand(policy, (place) => byPlace.get(place).length);
      for (const place of next?.places ?? []) byPlace.add(place, next!.policy);
      count(next?.label, 1);
      standing.set(key, next);
    }
    return new PolicyIndex(standing.done(), byPlace.done(), labels.done());
  }
}

/** Where the fewest stand already. */
function stand(policy: SelectingPolicy, crowdAt: (place: string) => number): Standing {
  const choices = choicesOf(policy.head.selector).map(({ label, places }) => ({
    standing: { policy, label, places },
    crowd: places.reduce((sum, place) => sum + crowdAt(place), 0),
  }));
  return choices.reduce((best, one) => (one.crowd < best.crowd ? one : best)).standing;
}

function choicesOf(selector: Selector): Omit<Standing, "policy">[] {
  const restrictions = restrictionsOf(selector);
  if (restrictions === "never") return [{ label: undefined, places: [] }];
  const choices = [...restrictions].flatMap(([label, restriction]) => {
    const places = placesOf(label, restriction);
    return places === undefined ? [] : [{ label, places }];
  });
  return choices.length === 0 ? [{ label: undefined, places: [ANYWHERE] }] : choices;
}

/** Undefined where an endpoint without the label is selected. */
function placesOf(label: string, restriction: Restriction): readonly string[] | undefined {
  switch (restriction.must) {
    case "equal":
      return restriction.values.map((value) => placeOf(label, value));
    case "present":
      return [placeOf(label)];
    case "absent":
      return undefined;
  }
}

/** NUL is in no label. */
function placeOf(label: string, value?: string): string {
  return value === undefined ? `${label}\0` : `${label}\0=${value}`;
}
