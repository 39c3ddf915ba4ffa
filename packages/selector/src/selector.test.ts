import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  SelectorError,
  compareBytes,
  formatSelector,
  matches,
  normaliseSelector,
  parseSelector,
  prefixLabels,
  restrictionsOf,
  setId,
  substitute,
} from "./index.ts";
import type { Selector, SelectorErrorCode } from "./index.ts";

const sha224 = (text: string): Uint8Array => createHash("sha224").update(text).digest();
const selects = (text: string, labels: Readonly<Record<string, string>>): boolean =>
  matches(parseSelector(text), new Map(Object.entries(labels)));

const label = fc.constantFrom(
  "a",
  "b",
  "c",
  "all",
  "in",
  "has",
  "not",
  "constructor",
  "projectcalico.org/name",
  "x-1_2",
);
/** No text may hold both kinds of quotes: such a value cannot be written. */
const value = fc.oneof(
  fc.constantFrom("", "1", "2", "x", "say 'hi'", 'say "hi"', "all()", "é\n", "\u{1f600}", "\ue000"),
  fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("'", "")),
);
const selector: fc.Arbitrary<Selector> = fc.letrec<{ tree: Selector; leaf: Selector; term: Selector }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    tie("term"),
    tie("term").map((arg): Selector => ({ op: "not", arg })),
  ),
  term: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.record({ op: fc.constantFrom("and", "or"), args: fc.array(tie("tree"), { minLength: 2, maxLength: 4 }) }),
  ),
  leaf: fc.oneof(
    fc.constantFrom<Selector>({ op: "all" }, { op: "global" }),
    label.map((key): Selector => ({ op: "has", key })),
    fc.record({ op: fc.constantFrom("==", "!=", "contains", "starts with", "ends with"), key: label, value }),
    fc.record({
      op: fc.constantFrom("in", "not in"),
      key: label,
      values: fc.array(value, { maxLength: 4 }).map((all) => new Set(all.sort(compareBytes))),
    }),
  ),
})).tree;
const labels = fc.dictionary(label, value).map((record) => new Map(Object.entries(record)));

describe("grammar", () => {
  test.each<[text: string, canonical: string]>([
    ["", "all()"],
    [" \t ", "all()"],
    [`!a == "x" && b == "y"`, `(!a == "x" && b == "y")`],
    [`a == "1" || b == "2" && c == "3"`, `(a == "1" || (b == "2" && c == "3"))`],
    ["has(  a\t)", "has(a)"],
    ["all( )", "all()"],
    ["global(\t)", "global()"],
    [`all == "x"`, `all == "x"`],
    [`in in {"a"}`, `in in {"a"}`],
    [`has == "x"`, `has == "x"`],
    [`a startswith "x"`, `a starts with "x"`],
    [`a ends   with "x"`, `a ends with "x"`],
    [`a notin {"x"}`, `a not in {"x"}`],
    [`a not \t in{'x'}`, `a not in {"x"}`],
    [`a in{"x"}`, `a in {"x"}`],
    [`a contains"x"`, `a contains "x"`],
    [`a!="x"`, `a != "x"`],
    [`a=='it is "x"'`, `a == 'it is "x"'`],
    [`a == "two\nlines"`, `a == "two\nlines"`],
    ["a in {}", "a in {}"],
    [`a in {"x",}`, `a in {"x"}`],
    ["!!!has(a)", "!has(a)"],
    ["! ! has(a)", "has(a)"],
    ["!(!has(a))", "!!has(a)"],
    ["((((has(a)))))", "has(a)"],
    [`${"l".repeat(512)} == "x"`, `${"l".repeat(512)} == "x"`],
    [`a in {"\u{1f600}", "\ue000", "b"}`, `a in {"b", "\ue000", "\u{1f600}"}`],
  ])("%s", (text, canonical) => {
    expect(formatSelector(parseSelector(text))).toBe(canonical);
  });

  test.each<[text: string, code: SelectorErrorCode, offset: number]>([
    [`a == "x`, "UnterminatedString", 5],
    [`'x`, "UnterminatedString", 0],
    [`a = "x"`, "StrayOperator", 2],
    ["has(a) & has(b)", "StrayOperator", 7],
    ["has(a) | has(b)", "StrayOperator", 7],
    ["& has(a)", "StrayOperator", 0],
    [`a ! = "x"`, "OperatorExpected", 2],
    ["has(a", "CallNotClosed", 5],
    ["all(x)", "CallNotClosed", 4],
    ["global(", "CallNotClosed", 7],
    [`${"l".repeat(513)} == "x"`, "LabelTooLong", 0],
    ["has(a) && é", "IdentifierExpected", 10],
    [`a == "é" && $`, "IdentifierExpected", 13],
    ["has(a)\n", "TrailingContent", 6],
    ["\u00a0has(a)", "IdentifierExpected", 0],
    ["has (x)", "OperatorExpected", 4],
    ["a", "OperatorExpected", 1],
    [`a inx {"x"}`, "OperatorExpected", 2],
    [`a IN {"x"}`, "OperatorExpected", 2],
    ["a == b", "StringExpected", 5],
    [`a in {,}`, "StringExpected", 6],
    [`a in "x"`, "SetExpected", 5],
    [`a in {"x" "y"}`, "SetNotClosed", 10],
    [`a in {"x"`, "SetNotClosed", 9],
    ["(has(a)", "ParenthesisExpected", 7],
    ["has(a) has(b)", "TrailingContent", 7],
    ["has(a))", "TrailingContent", 6],
    ["()", "UnexpectedToken", 1],
    ["has(a) &&", "UnexpectedToken", 9],
    ["!", "UnexpectedToken", 1],
    [`"x" == a`, "UnexpectedToken", 4],
    ["&& has(a)", "UnexpectedToken", 0],
    [`${"(".repeat(2000)}has(a)`, "TooDeep", 1000],
  ])("%s is refused: %s at %i", (text, code, offset) => {
    const fault = (() => {
      try {
        return parseSelector(text);
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(SelectorError);
    expect(fault).toMatchObject({ code, offset });
  });

  test("a long run of negations costs no stack", () => {
    expect(formatSelector(parseSelector(`${"!".repeat(100_001)}has(a)`))).toBe("!has(a)");
  });
});

describe("canonical form and identity", () => {
  test.each([
    ["role=='db'", `role == "db"`, "s:rV61RKD1Q8wo61pyeB0j2rwE3eiBOFbx0SsYKg"],
    [
      "!role == 'db' && !has(quarantine)",
      `(!role == "db" && !has(quarantine))`,
      "s:NtKEhGEogIjQ6wQc5LwsxAaN1uKZLXf486vrNQ",
    ],
    ["zone in {'b','a','b',}", `zone in {"a", "b"}`, "s:YuQjqsF6zVlc1SNhwAopsQ3wEy3XUFZIPGMT0Q"],
    [
      "(a=='1' && b=='2') && c=='3'",
      `((a == "1" && b == "2") && c == "3")`,
      "s:06MeWtuBPfBX0VYbkckSnVG7IzucxtdFp0lkXg",
    ],
    ["a=='1' && b=='2' && c=='3'", `(a == "1" && b == "2" && c == "3")`, "s:KD_zU0EiyPPMgKTgXrt1WVQBo77s6IUYPqkEQA"],
    [`note == 'say "hi"'`, `note == 'say "hi"'`, "s:Z0FMS6HMi3Nk6XmYC3vu8llB6wVoN5DiNA-9dA"],
  ])("%s", (text, canonical, id) => {
    expect(normaliseSelector(text)).toBe(canonical);
    expect(setId("s", canonical, sha224)).toBe(id);
  });

  test("named ports and services have identities of their own", () => {
    const db = setId("s", `role == "db"`, sha224);
    expect(setId("n", `${db},tcp,http`, sha224)).toBe("n:v1r2STTlO7TacjeCimdhkpVVM3zO_Bl2xCq5fw");
    expect(setId("svc", "prod/api", sha224)).toBe("svc:iExwFlAB94tUNwdbLfN4fMO9iXWlNACkVZzKNQ");
    expect(setId("svcnoport", "prod/api", sha224)).toBe("svcnoport:mNFHkiAh8Kj4MezQ3_fGRcfPVkGjhtYsoumxnw");
  });

  test("text that does not parse is normalised to itself, trimmed", () => {
    expect(normaliseSelector("  a = b ")).toBe("a = b");
  });

  test("parsing the canonical text gives the same tree", () => {
    fc.assert(
      fc.property(selector, (s) => {
        expect(parseSelector(formatSelector(s))).toEqual(s);
      }),
    );
  });

  test("bytes decide the order of a set", () => {
    const bytes = (text: string): Buffer => Buffer.from(text);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(bytes(a), bytes(b)));
      }),
    );
  });
});

describe("evaluation", () => {
  test.each([
    [`k == "v"`, true, false, false],
    [`k != "v"`, false, true, true],
    [`k in {"v", "w"}`, true, false, false],
    [`k not in {"v", "w"}`, false, true, true],
    [`k in {}`, false, false, false],
    [`k not in {}`, true, true, true],
    [`k contains "v"`, true, false, false],
    [`k contains ""`, true, true, false],
    [`k starts with "v"`, true, false, false],
    [`k ends with "v"`, true, false, false],
    ["has(k)", true, true, false],
    ["all()", true, true, true],
    ["global()", true, true, true],
    [`has(k) && k != "v"`, false, true, false],
    [`k == "v" || !has(k)`, true, false, true],
  ])("%s with k=v, k=other, no k", (text, same, other, missing) => {
    expect([selects(text, { k: "v" }), selects(text, { k: "other" }), selects(text, {})]).toEqual([
      same,
      other,
      missing,
    ]);
  });

  test("comparison is case-sensitive, and a label may be called constructor", () => {
    expect(selects(`k == "V"`, { k: "v" })).toBe(false);
    expect(selects("has(constructor)", {})).toBe(false);
  });

  test("De Morgan: !(a && b) selects what !a || !b selects", () => {
    fc.assert(
      fc.property(selector, selector, labels, (a, b, l) => {
        const not = (arg: Selector): Selector => ({ op: "not", arg });
        expect(matches(not({ op: "and", args: [a, b] }), l)).toBe(matches({ op: "or", args: [not(a), not(b)] }, l));
      }),
    );
  });

  test("every match obeys the restrictions", () => {
    fc.assert(
      fc.property(selector, labels, (s, l) => {
        const restrictions = restrictionsOf(s);
        if (!matches(s, l)) return;
        if (restrictions === "never") throw new Error("a selector that never matches matched");
        for (const [key, restriction] of restrictions) {
          const got = l.get(key);
          if (restriction.must === "equal") expect(restriction.values).toContain(got);
          else expect(got !== undefined).toBe(restriction.must === "present");
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("restrictions", () => {
  test.each<[text: string, expected: unknown]>([
    [`a == "1"`, { a: ["1"] }],
    [`a in {"1", "2"} && a in {"2", "3"}`, { a: ["2"] }],
    [`a == "1" && a == "2"`, "never"],
    ["has(a) && !has(a)", "never"],
    ["a in {}", "never"],
    [`a == "1" || a == "2"`, { a: ["1", "2"] }],
    [`a == "1" || has(a)`, { a: "present" }],
    [`a == "1" || has(b)`, {}],
    [`a == "1" && b == "2" || a == "3"`, { a: ["1", "3"] }],
    [`a in {} || a == "1"`, { a: ["1"] }],
    ["!has(a)", { a: "absent" }],
    [`a != "1"`, {}],
    [`a not in {"1"}`, {}],
    [`a starts with "x" && has(b)`, { a: "present", b: "present" }],
    ["all()", {}],
  ])("%s", (text, expected) => {
    const restrictions = restrictionsOf(parseSelector(text));
    const plain =
      restrictions === "never"
        ? "never"
        : Object.fromEntries([...restrictions].map(([key, r]) => [key, r.must === "equal" ? [...r.values] : r.must]));
    expect(plain).toEqual(expected);
  });
});

describe("rewriting", () => {
  test("a prefix goes before every label and leaves values alone", () => {
    const s = parseSelector(`env == "env" && !has(team) || x in {"x"} || all()`);
    expect(formatSelector(prefixLabels(s, "pcns."))).toBe(
      `((pcns.env == "env" && !has(pcns.team)) || pcns.x in {"x"} || all())`,
    );
  });

  test("all() and global() are replaced on the tree, not in values", () => {
    const namespaced: Selector = { op: "has", key: "projectcalico.org/namespace" };
    const s = parseSelector(`a == "all()" && (all() || global())`);
    expect(formatSelector(substitute(s, { all: namespaced, global: { op: "not", arg: namespaced } }))).toBe(
      `(a == "all()" && (has(projectcalico.org/namespace) || !has(projectcalico.org/namespace)))`,
    );
    expect(substitute(s, {})).toEqual(s);
  });
});
