import fc from "fast-check";
import { expect, test } from "vitest";
import { unifiedDiff } from "./unified.ts";

const names = { before: "a", after: "b" };

test("equal texts have no difference", () => {
  expect(unifiedDiff("x\n", "x\n", names)).toBe("");
});

test("changed lines stand among three of those around them; what is far apart is told apart", () => {
  const before = Array.from({ length: 20 }, (_, i) => `l${i}`);
  const after = before.with(2, "two").toSpliced(15, 1);
  expect(unifiedDiff(`${before.join("\n")}\n`, `${after.join("\n")}\n`, names)).toBe(
    `--- a
+++ b
@@ -1,6 +1,6 @@
 l0
 l1
-l2
+two
 l3
 l4
 l5
@@ -13,7 +13,6 @@
 l12
 l13
 l14
-l15
 l16
 l17
 l18
`,
  );
});

test("a text that was nothing, or becomes nothing, begins at line 0", () => {
  expect(unifiedDiff("", "x\ny\n", names)).toBe("--- a\n+++ b\n@@ -0,0 +1,2 @@\n+x\n+y\n");
  expect(unifiedDiff("x\n", "", names)).toBe("--- a\n+++ b\n@@ -1,1 +0,0 @@\n-x\n");
});

test("what differs in very much is told as other lines", () => {
  const many = (letter: string): string => Array.from({ length: 8_000 }, (_, i) => `${letter}${i}\n`).join("");
  const text = unifiedDiff(`same\n${many("a")}`, `same\n${many("b")}`, names);
  expect(text.startsWith("--- a\n+++ b\n@@ -1,8001 +1,8001 @@\n same\n-a0\n-a1\n")).toBe(true);
  expect(text.split("\n").filter((line) => line.startsWith("+b"))).toHaveLength(8_000);
});

/** As `patch` does it. */
function patched(before: readonly string[], difference: string): readonly string[] {
  const lines = [...before];
  let shift = 0;
  let at = 0;
  for (const line of difference.split("\n").slice(2, -1)) {
    const [, from, size] = /^@@ -(\d+),(\d+) /.exec(line) ?? [];
    if (from !== undefined) at = Number(from) - (size === "0" ? 0 : 1) + shift;
    else if (line.startsWith("+")) {
      lines.splice(at++, 0, line.slice(1));
      shift++;
    } else if (lines[at] !== line.slice(1)) return [`${line} is not at ${at}`];
    else if (line.startsWith("-")) {
      lines.splice(at, 1);
      shift--;
    } else at++;
  }
  return lines;
}

test("patching one text with the difference makes the other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 20 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const join = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
      expect(patched(before, unifiedDiff(join(before), join(after), names))).toEqual(after);
    }),
  );
});
