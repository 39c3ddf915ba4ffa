import { expect, test } from "vitest";
import { double, each, entries, flag, inside, int, message, text } from "./protobuf.ts";

// protobuf.dev, "Encoding": the examples of its text, and what follows from them.
test.each([
  ["150 as field 1", int(1)(150), "089601"],
  ["text as field 2", text(2)("testing"), "120774657374696e67"],
  ["a message inside", inside(3, int(1))(150), "1a03089601"],
  ["a repeated text", each(text(6))(["a", "b"]), "320161320162"],
  ["a large number", int(1)(2 ** 35), "08808080808001"],
  ["true", flag(27)(true), "d80101"],
  ["false is absent", flag(27)(false), ""],
  ["a double", double(7)(1), "39000000000000f03f"],
  ["a map's entry", entries(1, text(2))({ k: "v" }), "0a060a016b120176"],
  [
    "known members, and extensions",
    message({ a: text(1) }, entries(9, text(2)))({ a: "b", c: 1, "x-d": "e" }),
    "0a01624a080a03782d64120165",
  ],
])("%s", (_, bytes, hex) => {
  expect(bytes.toString("hex")).toBe(hex);
});
