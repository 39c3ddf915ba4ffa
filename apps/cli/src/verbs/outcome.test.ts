import { expect, test } from "vitest";
import { tell } from "./outcome.ts";
import type { Fault, PAST } from "./outcome.ts";

function told(
  verb: keyof typeof PAST,
  kinds: readonly string[],
  ...faults: readonly Fault[]
): { out: string; err?: string } {
  let out = "";
  try {
    out += tell(verb, { kinds, faults }, (text) => (out += text));
    return { out };
  } catch (error) {
    return { out, err: (error as Error).message };
  }
}

const a: Fault = { kind: "Tier", words: "first" };
const b: Fault = { kind: "IPPool", words: "second" };

test("what was done is counted, by kind if there is one", () => {
  expect(told("create", ["Tier", "Tier"])).toEqual({ out: "Successfully created 2 'Tier' resource(s)\n" });
  expect(told("apply", ["Tier", "IPPool"])).toEqual({ out: "Successfully applied 2 resource(s)\n" });
  expect(told("validate", ["Tier"])).toEqual({ out: "Successfully validated 1 'Tier' resource(s)\n" });
  expect(told("patch", ["Tier"])).toEqual({ out: "Successfully patched 1 'Tier' resource\n" });
  expect(told("replace", [])).toEqual({ out: "No resources specified\n" });
});

test("where nothing was done it is told of one, of any of a kind, or of any", () => {
  expect(told("create", ["Tier"], a)).toEqual({ out: "", err: "failed to create 'Tier' resource: [first]" });
  expect(told("apply", ["Tier", "Tier"], a, a)).toEqual({
    out: "",
    err: "failed to apply any 'Tier' resources: [first, first]",
  });
  expect(told("apply", ["Tier", "IPPool"], a, b)).toEqual({
    out: "",
    err: "failed to apply any resources: [first, second]",
  });
});

test("where some was done that comes first", () => {
  expect(told("create", ["Tier", "Tier", "Tier"], a)).toEqual({
    out: "Partial success: created the first 2 out of 3 'Tier' resources:\n",
    err: "hit error: [first]",
  });
  expect(told("apply", ["Tier", "IPPool"], b)).toEqual({
    out: "Partial success: applied the first 1 out of 2 resources:\n",
    err: "hit error: [second]",
  });
});

test("a deletion has a line of each that failed", () => {
  expect(told("delete", ["Tier", "IPPool"], a, b)).toEqual({
    out: "",
    err: "Failed to delete 'Tier' resource: first\nFailed to delete 'IPPool' resource: second",
  });
  expect(told("delete", ["Tier", "Tier"], a)).toEqual({
    out: "Successfully deleted 1 'Tier' resource(s)\n",
    err: "Failed to delete 'Tier' resource: first",
  });
});
