import { expect, test } from "vitest";
import { pathOfHalf, stepsOf, type Trace, traceSentence, verdictWords } from "./trace.ts";

const sentence = (trace: Trace): string =>
  traceSentence(trace)
    .map((piece) => (piece.t === "word" ? piece.text : [piece.namespace ?? [], piece.name].flat().join("/")))
    .join("");

const TRACE: Trace = {
  verdict: "Deny",
  halves: [
    {
      direction: "egress",
      endpoint: "shop/frontend",
      node: "node-1",
      verdict: "Allow",
      rows: [
        {
          tier: "security",
          what: "policy",
          name: "guard",
          cardKey: "guard//GlobalNetworkPolicy",
          outcome: "none",
          reason: "no rule matches",
          decides: false,
        },
        {
          tier: "security",
          what: "endOfTier",
          name: "",
          outcome: "pass",
          reason: "default action Pass",
          decides: false,
        },
        { tier: "", what: "profile", name: "kns.shop", rule: 1, outcome: "allow", reason: "", decides: true },
      ],
    },
    {
      direction: "ingress",
      endpoint: "shop/database",
      node: "node-2",
      verdict: "Deny",
      rows: [
        {
          tier: "default",
          what: "policy",
          namespace: "shop",
          name: "deny",
          cardKey: "deny/shop/NetworkPolicy",
          rule: 2,
          outcome: "deny",
          reason: "",
          decides: true,
        },
      ],
    },
  ],
};

test("the answer names the side and the rule", () => {
  expect(sentence(TRACE)).toBe("The destination denies it by shop/deny rule 2.");
  expect(verdictWords(TRACE)).toBe("Denied at the destination");
});

test("an allowed packet needs both sides", () => {
  const [egress] = TRACE.halves;
  const trace: Trace = {
    verdict: "Allow",
    halves: [egress!, { direction: "ingress", endpoint: "10.0.0.1", node: undefined, verdict: "Allow", rows: [] }],
  };
  expect(sentence(trace)).toBe("The source allows it by profile kns.shop rule 1.");
  expect(sentence({ verdict: "Allow", halves: [] })).toBe("No policy applies on either side.");
});

test("steps are numbered per direction and land on cards and tier ends", () => {
  expect(pathOfHalf(TRACE.halves[0]!).map((item) => item.id + item.tone)).toEqual(["E1n", "E2p", "E3a"]);
  const steps = stepsOf(TRACE);
  expect(steps.cards.get("deny/shop/NetworkPolicy")?.[0]).toMatchObject({ id: "I1", tone: "d", decides: true });
  expect(steps.ends.get("security")?.[0]).toMatchObject({ id: "E2", tone: "p" });
  expect(steps.profiles).toBe("Allow");
});
