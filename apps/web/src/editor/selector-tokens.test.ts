import fc from "fast-check";
import { expect, test } from "vitest";
import { selectorTokens } from "./selector-tokens.ts";

test("nothing of a selector is lost or added", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(
        selectorTokens(text)
          .map((token) => token.text)
          .join(""),
      ).toBe(text.replaceAll(/[\n\r\u2028\u2029]/g, (char) => char));
    }),
  );
});

test("keys, words and texts are told apart", () => {
  expect(selectorTokens(`app == "api" && has(tier)`).filter(({ t }) => t !== "space" && t !== "op")).toEqual([
    { t: "key", text: "app" },
    { t: "text", text: '"api"' },
    { t: "word", text: "has" },
    { t: "key", text: "tier" },
  ]);
});
