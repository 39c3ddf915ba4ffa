import type { ProtectionView } from "@percale/api";
import { expect, test } from "vitest";
import { allowanceOf, profileRows, profilesVerdict, profileWords, type ProfileObject } from "./view.ts";

const profile = (name: string, spec: ProfileObject["spec"] = {}): ProfileObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "Profile",
  metadata: { name },
  spec,
});
const tally = (byProfile: number) => ({ open: 0, partly: 0, closed: 0, byProfile });
const protection = (inwards: number, outwards: number, more: Partial<ProtectionView> = {}): ProtectionView => ({
  endpoints: 9,
  openBothWays: 0,
  ingress: tally(inwards),
  egress: tally(outwards),
  ends: [],
  revision: 1,
  ...more,
});

test.each([
  [[], "none", "no rules"],
  [[{ action: "Allow" }], "Allow", "anything"],
  [[{ action: "Allow", source: {}, destination: { ports: [] } }], "Allow", "anything"],
  [[{ action: "Deny", metadata: { annotations: { why: "x" } } }], "Deny", "nothing"],
  [[{ action: "Allow", protocol: "TCP" }], "some", "1 rule"],
  [[{ action: "Log" }, { action: "Allow" }], "some", "2 rules"],
  [[{ action: "Allow", source: { selector: "has(x)" } }, { action: "Allow" }], "some", "2 rules"],
])("rules %j come to %s", (rules, action, text) => {
  expect(allowanceOf(rules)).toEqual({ action, text, rules });
});

test("profiles go by who writes them, then by how many they decide for", () => {
  const ends = [
    { name: "Profile/kns.b", ingress: 1, egress: 0 },
    { name: "Profile/own", ingress: 7, egress: 7 },
    { name: "Tier/default", ingress: 3, egress: 3 },
  ];
  const profiles = ["own", "ksa.shop.default", "kns.a", "kns.b", "kns."].map((name) => profile(name));
  const rows = profileRows(
    profiles,
    new Map([
      ["kns.a", 1],
      ["ksa.shop.default", 1],
    ]),
    protection(8, 7, { ends }),
  );
  expect(rows.map(({ name, origin, from, decides, endpoints }) => [name, origin, from, decides, endpoints])).toEqual([
    ["kns.b", "namespace", "b", { ingress: 1, egress: 0 }, 0],
    ["kns.", "namespace", "", { ingress: 0, egress: 0 }, 0],
    ["kns.a", "namespace", "a", { ingress: 0, egress: 0 }, 1],
    ["ksa.shop.default", "account", "shop/default", { ingress: 0, egress: 0 }, 1],
    ["own", "own", undefined, { ingress: 7, egress: 7 }, 0],
  ]);
  const waiting = profileRows(profiles, "waiting", "unknown");
  expect(waiting.map(({ endpoints, decides }) => [endpoints, decides])).toEqual(
    profiles.map(() => ["waiting", "unknown"]),
  );
});

test("what a profile allows and hands down is told", () => {
  const [row] = profileRows(
    [profile("p", { ingress: [{ action: "Allow" }], labelsToApply: { team: "shop" } })],
    "unknown",
    "unknown",
  );
  expect([row?.ingress.text, row?.egress.text, row?.labels]).toEqual(["anything", "no rules", [["team", "shop"]]]);
});

test.each<[ProtectionView, severity: string, lead: string]>([
  [protection(0, 0, { endpoints: 0 }), "info", "There is no endpoint yet."],
  [protection(0, 0), "ok", "Policies have the last word on all 9 endpoints."],
  [protection(4, 2), "warning", "Profiles have the last word on 4 of 9 endpoints inwards, and on 2 outwards."],
])("%j is said so", (told, severity, lead) => {
  expect(profilesVerdict(told)).toMatchObject({ severity, lead });
});

test("that endpoints are open both ways is said where it is so", () => {
  expect(profilesVerdict(protection(4, 2, { openBothWays: 3 })).rest).toContain("3 endpoints are open both ways.");
  expect(profilesVerdict(protection(4, 2, { openBothWays: 1 })).rest).toContain("1 endpoint is open both ways.");
  expect(profilesVerdict(protection(4, 2)).rest).not.toContain("open");
});

test("a profile says first for how many it decides", () => {
  const [row] = profileRows([profile("p")], new Map([["p", 2]]), protection(0, 0));
  expect(profileWords(row!)).toBe("Has the last word on none of 2 endpoints: policies have it, or another profile.");
  expect(profileWords({ ...row!, decides: { ingress: 1, egress: 2 } })).toBe(
    "Has the last word on 1 of 2 endpoints inwards, and on 2 outwards.",
  );
  expect(profileWords({ ...row!, endpoints: 0 })).toBe("No endpoint has it.");
  expect(profileWords({ ...row!, decides: "waiting" })).toBe("");
});
