import { expect, test } from "vitest";
import { unknownKeys } from "./query-keys.ts";

test("keys that no page reads are named once", () => {
  expect(unknownKeys(new URLSearchParams("src=shop/web&from=a&from=b&at=now").keys())).toEqual(["from", "at"]);
});
