import { expect, test } from "vitest";
import { condition, conditionAreas } from "./index.ts";

const kinds = conditionAreas.flatMap((area) => area.kinds);

test("each condition is exported under its own code, once", () => {
  const codes = kinds.map(({ code }) => code);
  expect(Object.fromEntries(Object.entries(condition).map(([name, { code }]) => [name, code]))).toEqual(
    Object.fromEntries(codes.map((code) => [code, code])),
  );
  expect(new Set(codes).size).toBe(codes.length);
});

test("words come from facts, and what was seen and the object are carried along", () => {
  const ref = { kind: "WorkloadEndpoint", namespace: "shop", name: "cart" };
  expect(condition.WorkloadDown({ detail: "missing", ref, endpoint: "shop/cart", interfaceName: "cali1" })).toEqual({
    code: "WorkloadDown",
    severity: "warning",
    title: "shop/cart has no network on this node",
    detail: "missing",
    advice: "Look for cali1 (ip link): set down, undo that; gone, start the workload again. Its policy is kept.",
    ref,
  });
});

test("of what was seen the beginning is told, however much a kernel or BIRD said", () => {
  expect(condition.NftBatchRefused({ detail: "x".repeat(100_000) }).detail).toBe(`${"x".repeat(2_047)}…`);
});

test("a condition may have several severities, and the reference knows all of them", () => {
  expect(condition.BgpRecovering.wordings.map(({ severity }) => severity)).toEqual(["warning", "info"]);
  expect(condition.BgpRecovering({ detail: "", missing: 0 }).severity).toBe("info");
});

test.each(kinds.map((kind) => [kind.code, kind] as const))("%s says all that a person needs", (_code, kind) => {
  for (const text of [kind.about, kind.means, kind.look]) expect(text).toMatch(/\S/);
  for (const { title, advice } of kind.wordings) {
    expect(title).toMatch(/^\S.*[^.]$/); // a headline
    expect(advice).toMatch(/\S$/);
    expect(`${title} ${advice}`).not.toMatch(/undefined|\[object/); // each sample has every fact
  }
});
