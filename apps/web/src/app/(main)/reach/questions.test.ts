import { afterEach, expect, test, vi } from "vitest";
import { hrefOf, questionOfUrl, keepQuestion, lastQuestions, type ReachQuestion } from "./questions.ts";

const question = (destination: string, port = "80"): ReachQuestion => ({
  source: "shop/frontend",
  destination,
  protocol: "TCP",
  port,
});
function browser(kept?: string): void {
  const items = new Map(kept === undefined ? [] : [["percale.reach", kept]]);
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
  });
}
afterEach(() => vi.unstubAllGlobals());

test("a question is an address", () => {
  expect(hrefOf(question("fd00::1"))).toBe("/reach?src=shop/frontend&dst=fd00::1&proto=TCP&port=80");
  expect(hrefOf(question("shop/db", ""))).toBe("/reach?src=shop/frontend&dst=shop/db&proto=TCP");
});

test("the newest eight are kept, each once", () => {
  browser();
  for (let at = 0; at < 10; at += 1) keepQuestion(question(`d${at}`));
  keepQuestion(question("d5"));
  expect(lastQuestions().map(({ destination }) => destination)).toEqual([
    "d5",
    "d9",
    "d8",
    "d7",
    "d6",
    "d4",
    "d3",
    "d2",
  ]);
});

test.each(["{", "null", "{}", '[1,{"source":"a"},null]'])("what another hand kept, %s, is no question", (kept) => {
  browser(kept);
  expect(lastQuestions()).toEqual([]);
});

test("a browser that keeps nothing is no failure", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new Error("denied");
    },
    setItem: () => {
      throw new Error("full");
    },
  });
  keepQuestion(question("x"));
  expect(lastQuestions()).toEqual([]);
});

test.each([
  ["proto=tcp&port=80", { protocol: "TCP", port: "80" }, []],
  ["proto=udp", { protocol: "UDP", port: "" }, []],
  ["", { protocol: "TCP", port: "" }, []],
  [
    "proto=zzz&port=99999",
    { protocol: "TCP", port: "" },
    ["“zzz” is no protocol: TCP, UDP, SCTP, ICMP are.", "“99999” is no port: 1 to 65535 are."],
  ],
  ["port=http", { protocol: "TCP", port: "" }, ["“http” is no port: 1 to 65535 are."]],
  ["port=0", { protocol: "TCP", port: "" }, ["“0” is no port: 1 to 65535 are."]],
] as const)("the address %j asks what a packet can have, and names what it cannot", (query, question, strange) => {
  const params = new URLSearchParams(query);
  expect(questionOfUrl((key) => params.get(key))).toEqual({
    question: { source: "", destination: "", ...question },
    strange,
  });
});
