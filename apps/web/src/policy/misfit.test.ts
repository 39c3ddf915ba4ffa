import { expect, test } from "vitest";
import { misfitWords } from "./misfit.ts";

const asked = { source: "shop/frontend", destination: "shop/db", protocol: "TCP", port: "80" };
const told = (...misfits: readonly (readonly [rule: number, field: string, wants: string])[]) =>
  misfitWords(
    misfits.map(([rule, field, wants]) => ({ rule, field, wants })),
    asked,
  ).map(({ what, is, rules, verb, wants }) => `${what} is ${is}, ${rules} ${verb} ${wants.join(" or ")}`);

test.each<[field: string, wants: string, words: string]>([
  ["source.selector", "app == 'cart'", "source is shop/frontend, rule 1 wants app == 'cart'"],
  ["source.notSelector", "has(x)", "source is shop/frontend, rule 1 excludes has(x)"],
  ["destination.nets", "10.0.0.0/8", "destination is shop/db, rule 1 wants 10.0.0.0/8"],
  ["destination.ports", "8080", "port is 80, rule 1 wants 8080"],
  ["source.ports", "53", "source port is any, rule 1 wants 53"],
  ["protocol", "UDP", "protocol is TCP, rule 1 wants UDP"],
  ["notProtocol", "TCP", "protocol is TCP, rule 1 excludes TCP"],
  ["icmp", "type 8", "protocol is TCP, rule 1 wants type 8"],
  ["ipVersion", "IPv6", "address is shop/frontend, rule 1 wants IPv6"],
])("a rule that fails at %s for %s reads: %s", (field, wants, words) => {
  expect(told([0, field, wants])).toEqual([words]);
});

test("rules that fail at the same thing are told together, of others the first two reasons", () => {
  expect(
    told(
      [0, "source.selector", "a"],
      [1, "source.selector", "b"],
      [2, "protocol", "UDP"],
      [3, "source.selector", "a"],
      [4, "ipVersion", "IPv6"],
    ),
  ).toEqual(["source is shop/frontend, rules 1–2, 4 want a or b", "protocol is TCP, rule 3 wants UDP"]);
});

test("a question without a port has none", () => {
  const misfits = [{ rule: 0, field: "destination.ports", wants: "80" }];
  const { port: _, ...noPort } = asked;
  expect(misfitWords(misfits, noPort)[0]).toMatchObject({ what: "port", is: "none" });
});
