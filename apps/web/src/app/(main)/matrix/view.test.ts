import { expect, test } from "vitest";
import {
  byNamespace,
  cellsOf,
  decidedPairs,
  denialWords,
  deniedTargets,
  gridOf,
  listed,
  matrixOf,
  matrixVerdict,
  type Probe,
} from "./view.ts";

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
    lead: "3 of 4 probed pairs are allowed, 1 denied as intended.",
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

test("what was measured and what is predicted are told as the server joined them", () => {
  const at = "2026-11-30T00:00:01Z";
  const ends = { source: "shop/web", destination: "shop/db", protocol: "TCP", at };
  const by = ["Tier/default"];
  expect(
    matrixOf({
      probes: [
        { ...ends, port: 80, allowed: true, predicted: "deny", text: "Deny: y", by },
        { ...ends, allowed: false },
      ],
    }).probes,
  ).toEqual([
    { ...ends, port: 80, measured: "Allow", predicted: "Deny", decidedBy: "Deny: y", by },
    { ...ends, port: undefined, measured: "Deny", predicted: undefined, decidedBy: undefined, by: [] },
  ]);
});

test("a grid counts each pair once by its measured verdict, else by the predicted one", () => {
  const grid = gridOf({
    probes: [
      ...probes,
      probe("shop/cart", "shop/x", "Deny", undefined),
      probe("shop/cart", "shop/y", undefined, undefined),
    ],
  });
  expect([grid.allowed, grid.denied, grid.differing]).toEqual([3, 2, 1]);
  expect(grid.cellAt("shop/cart", 99)).toBeUndefined();
  expect(matrixVerdict({ ...grid, differing: 0 }).rest).toBe("Kernels and evaluator agree.");
  expect(matrixVerdict({ ...grid, differing: 2 }).rest).toBe("2 differ from the evaluator.");
});

test("kernels are not said to agree with an evaluator that said nothing", () => {
  const { unpredicted } = gridOf({
    probes: [...probes, probe("a", "b", undefined, "Allow"), probe("b", "a", undefined, undefined)],
  });
  const grid = gridOf({ probes: [probe("a", "b", undefined, "Allow"), probe("a", "c", "Allow", "Allow")] });
  expect([unpredicted, matrixVerdict(grid).rest]).toEqual([1, "What the evaluator says of 1 is not known."]);
});

test("one pair's cells are of that pair alone", () => {
  const cells = cellsOf({ probes }, "shop/web", "shop/db");
  expect(cells.map(({ port, differs }) => [port, differs])).toEqual([
    [80, false],
    [5432, false],
  ]);
  expect(cellsOf({ probes }, "shop/cart", "shop/db").map(({ differs }) => differs)).toEqual([true]);
});

test("a denial at the end of a tier is told as that, targets of one size by name, what met no packet by prediction", () => {
  const denied = (source: string, destination: string, decidedBy: string | undefined, kernel?: "Deny") => ({
    ...probe(source, destination, "Deny", kernel),
    decidedBy,
  });
  const text = "Deny: policies of tier app apply and none of their rules matched";
  expect(
    deniedTargets({
      probes: [denied("a", "z", text), denied("a", "b", undefined, "Deny"), { ...probe("a", "c", "Deny", "Allow") }],
    }),
  ).toEqual([
    { destination: "b", protocol: "TCP", port: 80, sources: ["a"], why: "" },
    { destination: "z", protocol: "TCP", port: 80, sources: ["a"], why: "end of tier app" },
  ]);
});

test("names are grouped by namespace in their order, those without one too", () => {
  expect(byNamespace(["bank/vault", "shop/a", "shop/b", "outside"], (name) => name)).toEqual([
    { namespace: "bank", items: ["bank/vault"] },
    { namespace: "shop", items: ["shop/a", "shop/b"] },
    { namespace: "", items: ["outside"] },
  ]);
});

test("as a list the surprises come first, each pair once", () => {
  const unknown = probe("shop/cart", "shop/x", undefined, undefined);
  const names = listed({ probes: [...probes, unknown] }).map(({ title, cells }) => [
    title,
    ...cells.map(({ source, destination, port }) => `${source} ${destination} ${port}`),
  ]);
  expect(names).toEqual([
    ["Not as predicted", "shop/cart shop/db 80"],
    ["Denied as intended", "shop/web shop/db 80"],
    ["Allowed", "shop/cart shop/web 80", "shop/web shop/db 5432"],
    ["Not known", "shop/cart shop/x 80"],
  ]);
});

test.each([
  [[probe("a", "b", "Deny", "Deny"), probe("a", "c", "Deny", undefined)], "2 denied as intended"],
  [[probe("a", "b", "Deny", "Deny"), probe("a", "c", "Allow", "Deny")], "2 denied, 1 of them though policy allows it"],
  [[probe("a", "b", "Deny", "Deny"), probe("a", "c", undefined, "Deny")], "2 denied"],
  [[probe("a", "b", "Allow", "Allow")], "0 denied"],
])("denials that policy means are told from those that it does not: %j", (all, words) => {
  expect(denialWords(gridOf({ probes: all }))).toBe(words);
});

test("each policy and each end of a tier has as many pairs as it decides", () => {
  const by = (...names: string[]) => ({ ...probe("a", "b", "Allow", "Allow"), by: names });
  expect(
    decidedPairs({ probes: [by("Profile/p", "NetworkPolicy/s/x"), by("Tier/t"), by("NetworkPolicy/s/x"), by()] }),
  ).toEqual({
    by: new Map([
      ["Profile/p", 1],
      ["NetworkPolicy/s/x", 2],
      ["Tier/t", 1],
    ]),
    of: 4,
  });
  expect(decidedPairs({ probes: [] })).toBeUndefined();
});
