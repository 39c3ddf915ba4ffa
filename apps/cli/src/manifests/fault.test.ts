import { expect, test } from "vitest";
import { parseManifests } from "./documents.ts";
import { wordsOfCauses, wordsOfRefusal } from "./fault.ts";

const reply = (status: number, reason: string | undefined, message = "why", causes?: object[]) => ({
  status,
  body: { reason, message, ...(causes !== undefined && { details: { causes } }) },
});

test.each([
  [404, "NotFound", "resource does not exist: Tier(a) with error: why"],
  [409, "AlreadyExists", "resource already exists: Tier(a)"],
  [409, "Conflict", "update conflict: Tier(a): why"],
  [405, "MethodNotAllowed", "operation apply is not supported on Tier(a): why"],
  [401, "Unauthorized", "connection is unauthorized: why"],
  [403, "Forbidden", "connection is unauthorized: why"],
  [500, "InternalError", "Tier(a): why"],
  [502, undefined, "Tier(a): why"],
  [422, "Invalid", "Tier(a): why"],
])("%i %s is told as calicoctl does", (status, reason, words) => {
  expect(wordsOfRefusal(reply(status, reason), "Tier(a)", "apply")).toBe(words);
});

const [manifest] = parseManifests(
  "kind: Tier\nmetadata: { name: a }\nspec:\n  order: x\n  ordr: 5\n  list: [1]\n",
  "t.yaml",
);
const cause = (field: string, message: string) => ({ reason: "FieldValueInvalid", field, message });
const order = cause("spec.order", "must be a number");
const unknown = cause("spec.ordr", 'unknown field "spec.ordr"');

test("a field at fault is told with its value, and its place where there is a file", () => {
  expect(wordsOfCauses([order])).toBe("error with field spec.order (must be a number)");
  expect(wordsOfCauses([order], manifest)).toBe("t.yaml:4:3: error with field spec.order = 'x' (must be a number)");
  expect(wordsOfCauses([cause("spec.list", "no")], manifest)).toBe(
    "t.yaml:6:3: error with field spec.list = '[1]' (no)",
  );
  expect(wordsOfCauses([cause("spec.none.deep", "no")], manifest)).toBe(
    "t.yaml:3:1: error with field spec.none.deep (no)",
  );
  expect(wordsOfCauses([cause("", "no")], manifest)).toBe("t.yaml:1:1: error with field (no)");
});

test("several fields at fault have a line each", () => {
  expect(wordsOfCauses([order, unknown], manifest)).toBe(
    "error with the following fields:\n" +
      "-  t.yaml:4:3: spec.order = 'x' (must be a number)\n" +
      "-  t.yaml:5:3: field in document is not recognized or is in the wrong location: spec.ordr\n",
  );
});

test("a field that a kind does not have is told where it stands", () => {
  expect(wordsOfCauses([unknown], manifest)).toBe(
    "t.yaml:5:3: field in document is not recognized or is in the wrong location: spec.ordr",
  );
});

test("the causes of a refusal are told, not its sum of them", () => {
  for (const [status, reason] of [
    [422, "Invalid"],
    [400, "BadRequest"],
  ] as const)
    expect(wordsOfRefusal(reply(status, reason, "all", [order]), "Tier(a)", "apply", manifest)).toBe(
      "t.yaml:4:3: error with field spec.order = 'x' (must be a number)",
    );
  expect(wordsOfRefusal(reply(409, "Conflict", "why", [order]), "Tier(a)", "apply", manifest)).toBe(
    "update conflict: Tier(a): why",
  );
});

test("a long value is left out", () => {
  const [long] = parseManifests(`kind: Tier\nmetadata: { name: ${"a".repeat(200)} }`, "t");
  expect(wordsOfCauses([cause("metadata.name", "no")], long)).toBe("t:2:13: error with field metadata.name (no)");
});
