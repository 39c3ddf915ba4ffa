import { StatusError } from "@percale/resources";
import { expect, test } from "vitest";
import { formatContinue, parseListOptions } from "./list-options.ts";
import type { ListOptions } from "./list-options.ts";

const token = formatContinue({ revision: 5, after: "a" });
const optionsOf = (query: string, verb: "list" | "watch" = "list"): ListOptions =>
  parseListOptions(new URLSearchParams(query), verb);

test.each<[query: string, options: object]>([
  ["", {}],
  ["resourceVersion=0", { revision: 0 }],
  ["resourceVersion=7&limit=2", { revision: 7, limit: 2 }],
  ["resourceVersion=7&resourceVersionMatch=Exact", { revision: 7, match: "Exact" }],
  ["resourceVersion=0&resourceVersionMatch=NotOlderThan", { revision: 0, match: "NotOlderThan" }],
  [`continue=${token}&resourceVersion=0`, { revision: 0, token: { revision: 5, after: "a" } }],
  [`continue=${formatContinue({ after: "a" })}`, { token: { after: "a" } }],
])("a list with %s is of that moment", (query, options) => {
  expect(optionsOf(query)).toEqual({ limit: 0, sendInitialEvents: undefined, ...options });
});

test("a watch may begin with the state, of a version or of now", () => {
  expect(optionsOf("sendInitialEvents=true&resourceVersionMatch=NotOlderThan", "watch")).toEqual({
    limit: 0,
    match: "NotOlderThan",
    sendInitialEvents: true,
  });
});

test.each<[query: string, verb: "list" | "watch", code: number, field: string | undefined]>([
  ["resourceVersionMatch=Exact", "list", 422, "resourceVersionMatch"],
  ["resourceVersionMatch=NotOlderThan", "list", 422, "resourceVersionMatch"],
  ["resourceVersion=0&resourceVersionMatch=Exact", "list", 422, "resourceVersionMatch"],
  ["resourceVersion=7&resourceVersionMatch=Newest", "list", 422, "resourceVersionMatch"],
  [`continue=${token}&resourceVersion=7`, "list", 400, undefined],
  [`continue=${token}&resourceVersion=0&resourceVersionMatch=NotOlderThan`, "list", 422, "resourceVersionMatch"],
  ["sendInitialEvents=true&resourceVersionMatch=NotOlderThan", "list", 422, "sendInitialEvents"],
  ["resourceVersion=7&resourceVersionMatch=NotOlderThan", "watch", 422, "resourceVersionMatch"],
  ["sendInitialEvents=true", "watch", 422, "resourceVersionMatch"],
  ["sendInitialEvents=false&resourceVersionMatch=Exact&resourceVersion=7", "watch", 422, "resourceVersionMatch"],
  ["resourceVersion=seven", "list", 400, undefined],
  ["continue=x", "list", 400, undefined],
  ["limit=-1", "list", 400, undefined],
])("?%s of a %s is refused", (query, verb, code, field) => {
  let refused: unknown;
  try {
    optionsOf(query, verb);
  } catch (error) {
    refused = error;
  }
  expect(refused instanceof StatusError && [refused.code, refused.causes[0]?.field]).toEqual([code, field]);
});
