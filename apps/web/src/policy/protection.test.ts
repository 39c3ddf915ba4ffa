import type { Protection } from "@percale/policy";
import { expect, test } from "vitest";
import { endsInProfiles, protectionSentence, protectionWords } from "./protection.ts";

const policy = { kind: "NetworkPolicy", namespace: "shop", name: "web" };
const profile = { kind: "Profile", name: "kns.shop" };
const endOfTier: Protection = { is: "closed", end: { by: "tier", tier: "default" } };
const byProfile: Protection = { is: "open", end: { by: "rule", ref: profile, rule: 0, action: "Allow" } };
const byPolicy: Protection = { is: "open", end: { by: "rule", ref: policy, tier: "t", rule: 1, action: "Allow" } };
const some = (ref: typeof policy | typeof profile, rule: number, count = 1) => ({ ref, rule, count });

test.each<[told: Protection, words: string, sentence: string]>([
  [endOfTier, "closed", "closed by the end of tier default"],
  [{ is: "closed", end: { by: "no profile" } }, "closed", "closed by having no profile that decides"],
  [
    { is: "closed", end: { by: "rule", ref: policy, tier: "t", rule: 0, action: "Deny" } },
    "closed",
    "closed by rule 1 of shop/web",
  ],
  [byProfile, "open to everyone", "open to everyone by profile kns.shop"],
  [byPolicy, "open to everyone", "open to everyone by rule 2 of shop/web"],
  [
    { ...byProfile, denied: some(policy, 2) },
    "open, except what rules deny",
    "open to everyone by profile kns.shop, except what rule 3 of shop/web denies",
  ],
  [
    { ...byProfile, denied: some(policy, 2, 3) },
    "open, except what rules deny",
    "open to everyone by profile kns.shop, except what rule 3 of shop/web and 2 more deny",
  ],
  [
    { ...endOfTier, is: "partly", passed: { ...some(policy, 0), to: byProfile } },
    "closed, except what passes",
    "closed by the end of tier default, except what rule 1 of shop/web passes on, which is open to everyone by profile kns.shop",
  ],
  [{ ...endOfTier, passed: { ...some(policy, 0), to: endOfTier } }, "closed", "closed by the end of tier default"],
  [
    { ...byPolicy, passed: { ...some(policy, 0, 2), to: endOfTier } },
    "open, except what rules deny",
    "open to everyone by rule 2 of shop/web, except what rule 1 of shop/web and 1 more pass on, which is closed by the end of tier default",
  ],
  [
    { is: "partly", end: { by: "no profile" }, allowed: some(profile, 0) },
    "open to some",
    "open to some by rule 1 of profile kns.shop",
  ],
])("%j is %s", (told, words, sentence) => {
  expect([protectionWords(told), protectionSentence(told)]).toEqual([words, sentence]);
});

test("profiles are asked where they have the last word, or of what is passed on to them", () => {
  const passing: Protection = { ...endOfTier, is: "partly", passed: { ...some(policy, 0), to: byProfile } };
  const none: Protection = { is: "closed", end: { by: "no profile" } };
  expect([byProfile, none, passing, byPolicy, endOfTier].map(endsInProfiles)).toEqual([true, true, true, false, false]);
});
