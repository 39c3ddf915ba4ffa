import { expect, test } from "vitest";
import { masked } from "./mask.ts";

test("secrets are masked as deep as anybody looks, and nothing is told below", () => {
  let deep: unknown = { token: "s3cret" };
  for (let i = 0; i < 40; i++) deep = { a: deep };
  const text = JSON.stringify(
    masked({ token: "s3cret", b: [{ Password: "s3cret" }], secretKeyRef: { name: "x" }, deep }),
  );
  expect(text).not.toContain("s3cret");
  expect(text).toContain('"secretKeyRef":{"name":"x"}');
});
