import { expect, test } from "vitest";
import { cellsOf, deniedTargets, gridOf, matrixVerdict, type Probe } from "./view.ts";

const probe = (
  source: string,
  destination: string,
  predicted: Probe["predicted"],
  measured: Probe["measured"],
  port = 80,
): Probe => ({
  source,
  destination,
  protocol: "TCP",
  port,
  predicted,
  measured,
  at: undefined,
});
const probes = [
  probe("shop/web", "shop/db", "Deny", "Deny"),
  probe("shop/web", "shop/db", "Allow", "Allow", 5432),
  probe("shop/cart", "shop/db", "Deny", "Allow"),
  probe("shop/cart", "shop/web", "Allow", undefined),
];

test("sources are rows, destinations with their port are columns", () => {
  const grid = gridOf({ probes });
  expect(grid.sources).toEqual(["shop/cart", "shop/web"]);
  expect(grid.targets.map((target) => `${target.name}:${target.port}`)).toEqual([
    "shop/db:80",
    "shop/db:5432",
    "shop/web:80",
  ]);
  expect(grid.cellAt("shop/web", 1)).toMatchObject({ measured: "Allow", differs: false });
  expect(grid.cellAt("shop/web", 2)).toBeUndefined();
});

test("a packet that met another verdict than predicted is flagged", () => {
  const grid = gridOf({ probes });
  expect(grid.cellAt("shop/cart", 0)?.differs).toBe(true);
  expect(matrixVerdict(grid)).toEqual({
    lead: "3 of 4 probed pairs are allowed, 1 denied.",
    rest: "1 differs from the evaluator.",
  });
});

test("one pair's probes", () => {
  expect(cellsOf({ probes }, "shop/web", "shop/db")).toHaveLength(2);
});

test("denied pairs are told by target and reason, the one that most cannot reach first", () => {
  const denied = (source: string, destination: string, decidedBy: string) => ({
    ...probe(source, destination, "Deny", "Deny"),
    decidedBy,
  });
  const targets = deniedTargets({
    probes: [
      denied("a", "x", "Deny: rule 1"),
      denied("a", "y", "Deny: end of tier"),
      denied("b", "y", "Deny: end of tier"),
      probe("c", "y", "Allow", "Allow"),
    ],
  });
  expect(targets.map(({ destination, sources, why }) => [destination, sources, why])).toEqual([
    ["y", ["a", "b"], "end of tier"],
    ["x", ["a"], "rule 1"],
  ]);
});
