import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { createProgram } from "../program.ts";
import { candidatesFor } from "./candidates.ts";
import type { Known } from "./candidates.ts";

const NAMES: Readonly<Record<string, readonly string[]>> = {
  "namespaces ": ["default", "shop"],
  "nodes ": ["n1", "n2"],
  "np default": ["a", "b"],
  "np shop": ["cart", "catalog"],
  "tiers default": ["default", "sec"],
  "globalnetworkpolicies ": ["all"],
  "networkpolicies *": ["shop/cart"],
};
const known: Known = {
  names: async (kind, namespace = "") =>
    NAMES[`${kind} ${namespace}`] ?? NAMES[`${kind} ${namespace || "default"}`] ?? [],
  contexts: async () => ["lab", "live"],
};

/** A line with `|` where it is being typed. */
const after = async (line: string, calledAs = "percale") => {
  const words = line.slice(0, -1).split(" ");
  return candidatesFor(createProgram(readConfig({ PERCALE_CALLED: calledAs })), words, known);
};
const words = async (line: string, calledAs?: string): Promise<readonly string[]> =>
  (await after(line, calledAs)).words;

test("commands, and those below them, by what is typed so far", async () => {
  expect(await words("|")).toEqual(expect.arrayContaining(["get", "apply", "query", "lab", "completion"]));
  expect(await words("|")).not.toContain("__complete");
  expect(await words("re|")).toEqual(["replace", "revert"]);
  expect(await words("query |")).toEqual(["eval", "policy", "endpoint", "host"]);
  expect(await words("lab s|")).toEqual(["status"]);
  expect(await words("nonsense |")).toEqual([]);
});

test("kinds by their plural, else by any other word; of a list the last", async () => {
  expect(await words("get ti|")).toEqual(["tiers"]);
  expect(await words("get gn|")).toEqual(expect.arrayContaining(["gnp", "gns"]));
  expect(await words("get np,ti|")).toEqual(["np,tiers"]);
  expect(await words("watch ti|")).toEqual(["tiers"]);
  expect(await words("history ti|")).toEqual(["tiers"]);
  expect(await words("revert ti|")).toEqual(["tiers"]);
});

test("names of the kind, of the namespace that is named; no name twice, and one alone where one is meant", async () => {
  expect(await words("get np |")).toEqual(["a", "b"]);
  expect(await words("get -n shop np c|")).toEqual(["cart", "catalog"]);
  expect(await words("get np --namespace=shop cat|")).toEqual(["catalog"]);
  expect(await words("delete np -n shop cart |")).toEqual(["catalog"]);
  expect(await words("patch tiers |")).toEqual(["default", "sec"]);
  expect(await words("patch tiers sec |")).toEqual([]);
  expect(await words("apply |")).toEqual([]);
});

test("values of options", async () => {
  expect(await words("get np -n |")).toEqual(["default", "shop"]);
  expect(await words("get --context l|")).toEqual(["lab", "live"]);
  expect(await words("get np -o js|")).toEqual(["json", "jsonpath="]);
  expect(await words("plan -f x -o |")).toEqual(["ps", "wide", "yaml", "json"]);
  expect(await words("patch tiers sec --type m|")).toEqual(["merge"]);
  expect(await words("apply --validate |")).toEqual(["strict", "warn", "ignore"]);
  expect(await words("-l d|")).toEqual(["debug"]);
  expect(await words("bgp sessions --node |")).toEqual(["n1", "n2"]);
  expect(await words("revert 5 --reason |")).toEqual([]);
  expect(await words("explain --proto i|")).toEqual(["icmp", "icmpv6"]);
  for (const option of ["-f", "--filename", "--kubeconfig", "-c"])
    expect(await after(`apply ${option} |`)).toEqual({ words: [], files: true });
});

test("options by their long name, none that are for experts alone", async () => {
  expect(await words("get --all|")).toEqual(["--all-namespaces"]);
  expect(await words("get --log|")).toEqual([]);
  expect(await words("--log|")).toEqual(["--log-level"]);
});

test("what questions are about", async () => {
  expect(await words("query host |")).toEqual(["n1", "n2"]);
  expect(await words("query policy |")).toEqual(["all", "shop/cart"]);
  expect(await words("policy s|", "calicoq")).toEqual(["shop/cart"]);
  expect(await words("completion |")).toEqual(["bash", "zsh", "fish"]);
});

test("what cannot be known is no candidate", async () => {
  const dead: Known = { names: () => Promise.reject(new Error("no")), contexts: () => Promise.reject(new Error("no")) };
  expect(await candidatesFor(createProgram(readConfig({})), ["get", "np", ""], dead)).toEqual({ words: [] });
});
