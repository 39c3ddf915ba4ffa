import fc from "fast-check";
import { expect, test } from "vitest";
import { linearize } from "./linearizable.ts";
import { after } from "./register.ts";
import type { Asked, Operation, Register, Told } from "./register.ts";

const op = (asked: Asked, told: Told, from: number, to: number): Operation => ({ asked, told, from, to });
const create = (value: string, version: number, from: number, to: number): Operation =>
  op({ verb: "create", value }, { outcome: "written", version }, from, to);
const patch = (value: string, version: number, from: number, to: number): Operation =>
  op({ verb: "patch", value }, { outcome: "written", version }, from, to);
const read = (value: string, version: number, from: number, to: number): Operation =>
  op({ verb: "read" }, { outcome: "read", version, value }, from, to);

test("operations that overlap may have happened in either order", () => {
  const history = [create("a", 1, 0, 1), patch("b", 2, 2, 9), read("a", 1, 3, 4), read("b", 2, 5, 6)];
  expect(linearize(history)).toEqual({ isLinearizable: true });
});

test("a read that goes back behind one that was answered before it is none", () => {
  const history = [create("a", 1, 0, 1), patch("b", 2, 2, 9), read("b", 2, 3, 4), read("a", 1, 5, 6)];
  expect(linearize(history)).toEqual({ isLinearizable: false, explained: 3, stuck: [history[3]] });
});

test("an acknowledged write that nobody finds is none", () => {
  const missing = op({ verb: "read" }, { outcome: "missing" }, 2, 3);
  expect(linearize([create("a", 1, 0, 1), missing])).toMatchObject({ isLinearizable: false, stuck: [missing] });
});

test("two updates of one version can't both hold", () => {
  const update = (value: string, version: number): Operation =>
    op({ verb: "update", value, version: 1 }, { outcome: "written", version }, 2, 5);
  expect(linearize([create("a", 1, 0, 1), update("b", 2), update("c", 3)]).isLinearizable).toBe(false);
  const refused = op({ verb: "update", value: "c", version: 1 }, { outcome: "conflict" }, 2, 5);
  expect(linearize([create("a", 1, 0, 1), update("b", 2), refused]).isLinearizable).toBe(true);
});

test("a deletion that was never answered may have happened, late too, or not", () => {
  const maybe = op({ verb: "delete" }, { outcome: "maybe" }, 2, Number.POSITIVE_INFINITY);
  const gone = op({ verb: "read" }, { outcome: "missing" }, 8, 9);
  expect(linearize([create("a", 1, 0, 1), maybe, read("a", 1, 4, 5), gone]).isLinearizable).toBe(true);
  expect(linearize([create("a", 1, 0, 1), maybe, read("a", 1, 4, 5)]).isLinearizable).toBe(true);
  expect(linearize([create("a", 1, 0, 1), maybe, gone, read("a", 1, 10, 11)]).isLinearizable).toBe(false);
});

const verbs = fc.constantFrom("read", "create", "patch", "update", "stale", "delete");

/** What a correct register answers to these verbs, one after the other; the calls are stretched so that they overlap. */
function correct(plan: readonly { verb: string; before: number; behind: number }[]): Operation[] {
  let state: Register;
  return plan.map(({ verb, before, behind }, i) => {
    const version = verb === "stale" ? -1 : (state?.version ?? -1);
    const asked: Asked =
      verb === "read" || verb === "delete"
        ? { verb }
        : verb === "update" || verb === "stale"
          ? { verb: "update", value: `v${i}`, version }
          : { verb: verb as "create" | "patch", value: `v${i}` };
    const told = answer(state, asked, i);
    const done = op(asked, told, i - before, i + behind);
    [state] = after(state, done);
    return done;
  });
}

function answer(state: Register, asked: Asked, at: number): Told {
  if (asked.verb === "create") return state === undefined ? { outcome: "written", version: at } : { outcome: "exists" };
  if (state === undefined) return { outcome: "missing" };
  if (asked.verb === "read") return { outcome: "read", ...state };
  if (asked.verb === "delete") return { outcome: "deleted" };
  if (asked.verb === "update" && asked.version !== state.version) return { outcome: "conflict" };
  return { outcome: "written", version: at };
}

const plans = fc.array(
  fc.record({
    verb: verbs,
    before: fc.double({ min: 0, max: 3, noNaN: true }),
    behind: fc.double({ min: 0, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 40 },
);

test("whatever a correct register answers is found to be so, however calls overlap", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      expect(linearize(correct(plan))).toEqual({ isLinearizable: true });
    }),
  );
});

test("it says the same as trying every order", () => {
  const small = fc.array(
    fc.record({
      verb: fc.constantFrom("read", "create", "patch", "delete"),
      version: fc.integer({ min: 1, max: 3 }),
      outcome: fc.constantFrom("done", "missing", "exists"),
      from: fc.integer({ min: 0, max: 6 }),
      length: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 5 },
  );
  const operationOf = ({
    verb,
    version,
    outcome,
    from,
    length,
  }: {
    verb: string;
    version: number;
    outcome: string;
    from: number;
    length: number;
  }): Operation => {
    const asked = (verb === "read" || verb === "delete" ? { verb } : { verb, value: `v${version}` }) as Asked;
    const done: Told =
      verb === "read"
        ? { outcome: "read", version, value: `v${version}` }
        : verb === "delete"
          ? { outcome: "deleted" }
          : { outcome: "written", version };
    return op(
      asked,
      outcome === "done" ? done : { outcome: outcome as "missing" | "exists" },
      from,
      from + length - 0.5,
    );
  };
  fc.assert(
    fc.property(small, (some) => {
      const history = some.map(operationOf);
      expect(linearize(history).isLinearizable).toBe(someOrder(history, undefined));
    }),
    { numRuns: 500 },
  );
});

/** By brute force. */
function someOrder(left: readonly Operation[], state: Register): boolean {
  if (left.length === 0) return true;
  return left.some((one) => {
    const others = left.filter((other) => other !== one);
    if (others.some((other) => other.to < one.from)) return false;
    return after(state, one).some((next) => someOrder(others, next));
  });
}
