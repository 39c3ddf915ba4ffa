import { NOTICE_BYTES } from "@percale/store";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Notice, parseNotice, renderNotices } from "./notice.ts";

const node = fc.stringMatching(/^[a-z0-9é]{1,60}$/);
const notice: fc.Arbitrary<Notice> = fc.record({
  server: fc.uuid(),
  watches: fc.boolean(),
  heard: fc.dictionary(node, fc.nat(3_600_000), { maxKeys: 400, noNullPrototype: true }),
});

test("what is called out is what the others hear, however many nodes there are", () => {
  fc.assert(
    fc.property(notice, (said) => {
      const texts = renderNotices(said);
      const heard = texts.map((text) => parseNotice(text)!);
      expect(heard.every(({ server, watches }) => server === said.server && watches === said.watches)).toBe(true);
      expect(Object.assign({}, ...heard.map((part) => part.heard))).toEqual(said.heard);
      for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(NOTICE_BYTES);
    }),
    { numRuns: 50 },
  );
});

test("of one hundred nodes all is said at once", () => {
  const heard = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`node-${index}`, 1_000]));
  expect(renderNotices({ server: "s", watches: true, heard })).toHaveLength(1);
});

test.each(["", "null", "7", '{"server":"s"}', '{"server":"s","watches":true,"heard":{"n":"soon"}}'])(
  "what is no notice is nobody's word: %s",
  (text) => {
    expect(parseNotice(text)).toBeUndefined();
  },
);
