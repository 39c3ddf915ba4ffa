import { expect, test } from "vitest";
import { unknownKeys } from "./query-keys.ts";

test.each([
  ["/reach", "src=shop/web&from=a&from=b&at=now", ["from", "at"]],
  ["/new/networkpolicies", "from=empty&tab=yaml", []],
  ["/policies", "new=networkpolicies&from=empty&_x=1", []],
])("of a link to %s?%s the keys that no page reads are named once: %j", (pathname, query, unknown) => {
  expect(unknownKeys(new URLSearchParams(query).keys(), pathname)).toEqual(unknown);
});
