import { formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { Condition, EndedCondition, RaisedCondition } from "@percale/protocol";

/** As many of those that are over are remembered. */
const MAX_ENDED = 10;

/** Says what is wrong, or nothing if all is well. Must not block: it is asked on every probe. */
export type HealthCheck = () => string | undefined;
export type Probe = "live" | "ready";

export interface ProbeReport {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly problem?: string }[];
}

/**
 * Coded conditions, shown alike in CLI, UI, metrics and status, and the checks behind /livez and /readyz.
 * One condition per code and object, as old as the unbroken run of tellings that had it.
 */
export class HealthRegistry {
  readonly #now: () => Date;
  readonly #conditions = new Map<string, Condition>();
  /** The newest first. */
  #ended: readonly EndedCondition[] = [];
  readonly #checks: Readonly<Record<Probe, Map<string, HealthCheck>>> = { live: new Map(), ready: new Map() };
  /** Keys of the conditions that each source told of last. */
  readonly #toldBySource = new Map<string, ReadonlySet<string>>();

  constructor({ now = () => new Date() }: { readonly now?: () => Date } = {}) {
    this.#now = now;
  }

  /** `since`: where the source knows better than that it is so from now on. */
  set(condition: RaisedCondition, { since }: { readonly since?: Date } = {}): void {
    this.#put(conditionKey(condition.code, condition.ref), condition, since);
  }

  /**
   * All that a source has to say, each time whole: what it said before and says no more is cleared. For conditions that are a
   * function of a state, so that none can outlive it.
   */
  tell(source: string, conditions: readonly RaisedCondition[]): void {
    // Without an object, two of one code are told apart by their titles.
    const keyOf = ({ code, ref, title }: RaisedCondition): string =>
      ref === undefined ? `${source}: ${code} ${title}` : conditionKey(code, ref);
    const keys = new Set(conditions.map(keyOf));
    for (const key of this.#toldBySource.get(source) ?? []) if (!keys.has(key)) this.#end(key);
    this.#toldBySource.set(source, keys);
    for (const condition of conditions) this.#put(keyOf(condition), condition);
  }

  clear(code: string, ref?: ObjectRef): void {
    this.#end(conditionKey(code, ref));
  }

  /** Worst first, then oldest first. */
  list(): Condition[] {
    const rank = { error: 0, warning: 1, info: 2 };
    return [...this.#conditions.values()].sort(
      (a, b) => rank[a.severity] - rank[b.severity] || a.since.localeCompare(b.since),
    );
  }

  /** Those that ended last, the newest first: what was wrong, for who comes after it. */
  ended(): readonly EndedCondition[] {
    return this.#ended;
  }

  /** A failing `live` check asks for a restart; a failing `ready` check only for patience. */
  addCheck(probe: Probe, name: string, check: HealthCheck): void {
    this.#checks[probe].set(name, check);
  }

  report(probe: Probe): ProbeReport {
    const checks = [...this.#checks[probe]].map(([name, check]) => {
      const problem = check();
      return problem === undefined ? { name } : { name, problem };
    });
    return { ok: checks.every(({ problem }) => problem === undefined), checks };
  }

  #end(key: string): void {
    const condition = this.#conditions.get(key);
    if (condition === undefined) return;
    this.#conditions.delete(key);
    this.#ended = [{ ...condition, until: this.#now().toISOString() }, ...this.#ended].slice(0, MAX_ENDED);
  }

  #put(key: string, condition: RaisedCondition, from?: Date): void {
    const since = this.#conditions.get(key)?.since ?? (from ?? this.#now()).toISOString();
    this.#conditions.set(key, { ...condition, since });
  }
}

function conditionKey(code: string, ref: ObjectRef | undefined): string {
  return ref === undefined ? code : `${code} ${formatRef(ref)}`;
}
