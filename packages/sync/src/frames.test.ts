import { constants, zstdCompressSync } from "node:zlib";
import { ProtocolError } from "@percale/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseEncoding, deltaFrames, frameOf, MAX_MESSAGE_BYTES, putFrames, textOfFrame } from "./frames.ts";

test("a frame is its text again, compressed or not", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 5_000 }),
      fc.constantFrom("json", "json+zstd"),
      (text, encoding) => {
        const { data, isBinary } = frameOf("put", text, encoding);
        expect(textOfFrame(data, isBinary)).toBe(text);
      },
    ),
  );
});

test("nothing is compressed for a client that reads JSON alone, nor what is small", () => {
  const long = "x".repeat(10_000);
  expect([
    frameOf("put", long, "json"),
    frameOf("put", "x", "json+zstd"),
    frameOf("put", long, "json+zstd"),
  ]).toMatchObject([{ isBinary: false }, { isBinary: false }, { isBinary: true }]);
  expect([chooseEncoding([]), chooseEncoding(["json", "xml"]), chooseEncoding(["json", "json+zstd"])]).toEqual([
    "json",
    "json",
    "json+zstd",
  ]);
});

test.each([
  ["what is not compressed", Buffer.from("{}")],
  ["nothing", Buffer.alloc(0)],
  ["what ends too early", zstdCompressSync(Buffer.from("x".repeat(10_000))).subarray(0, 10)],
  ["what is small and becomes too large", zstdCompressSync(Buffer.alloc(MAX_MESSAGE_BYTES + 1))],
  [
    "what says nothing of its size and becomes too large",
    zstdCompressSync(Buffer.alloc(MAX_MESSAGE_BYTES + 1), { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } }),
  ],
])("%s is a ProtocolError", (_name, data) => {
  expect(() => textOfFrame(data, true)).toThrow(ProtocolError);
});

test("a large delta comes in parts of at most 256 KiB and 1,000 objects, of which all but the last say that more follows", async () => {
  const puts = [...Array.from({ length: 2_500 }, () => '"small"'), `"${"x".repeat(300_000)}"`, '"last"'];
  const deletes = [{ kind: "Tier", name: "t" }];
  const parts = (await deltaFrames({ fromRev: 1, toRev: 9, puts, deletes }, "json")).map(
    ({ data }) => JSON.parse(data.toString()) as { puts: string[]; deletes: object[]; more?: boolean },
  );
  expect(parts.map(({ puts, deletes, more }) => [puts.length, deletes.length, more])).toEqual([
    [1_000, 0, true],
    [1_000, 0, true],
    [500, 0, true],
    [1, 0, true],
    [1, 1, undefined],
  ]);
  const [only] = await deltaFrames({ fromRev: 1, toRev: 2, puts: [], deletes, more: true }, "json");
  expect(JSON.parse(only!.data.toString())).toEqual({
    t: "delta",
    fromRev: 1,
    toRev: 2,
    puts: [],
    deletes,
    more: true,
  });
  expect([...putFrames(puts, "json")]).toHaveLength(5);
});
