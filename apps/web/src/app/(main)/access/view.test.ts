import type { TokenView } from "@percale/api";
import { expect, test } from "vitest";
import { bindingRows, endWords, mayQuestion, tokenRows, verdictOf } from "./view.ts";

const NOW = Date.parse("2026-01-10T12:00:00Z");
const token = (id: string, rest: Partial<TokenView> = {}): TokenView => ({
  id,
  isSession: false,
  isThis: false,
  subject: id,
  groups: [],
  description: "",
  createdAt: "2026-01-01T00:00:00Z",
  ...rest,
});

test.each([
  [{}, { text: "never", tone: "plain" }],
  [{ expiresAt: "2026-04-14T12:00:00Z" }, { text: "in 94 d", tone: "plain" }],
  [{ expiresAt: "2026-01-13T13:00:00Z" }, { text: "in 3 d", tone: "warn" }],
  [{ expiresAt: "2026-01-10T19:10:00Z" }, { text: "in 7 h", tone: "warn" }],
  [{ expiresAt: "2026-01-10T12:00:20Z" }, { text: "in 1 min", tone: "warn" }],
  [
    { expiresAt: "2026-01-10T19:10:00Z", isSession: true },
    { text: "in 7 h", tone: "plain" },
  ],
  [{ expiresAt: "2026-01-10T11:00:00Z" }, { text: "ended", tone: "muted" }],
  [{ revokedAt: "2026-01-09T00:00:00Z" }, { text: "revoked", tone: "muted" }],
])("of %j the end reads %j", (ends, words) => {
  expect(endWords({ isSession: false, ...ends }, NOW)).toEqual(words);
});

test("this browser's session is on top, what is over at the end", () => {
  const rows = tokenRows(
    [
      token("old", { revokedAt: "2026-01-02T00:00:00Z" }),
      token("ci"),
      token("newer", { createdAt: "2026-01-05T00:00:00Z" }),
      token("here", { isThis: true }),
    ],
    NOW,
  );
  expect(rows.map(({ id }) => id)).toEqual(["here", "newer", "ci", "old"]);
});

test("the verdict counts who may do everything and what ends soon, of those that are not over", () => {
  const tokens = [
    token("a", { groups: ["system:masters"] }),
    token("b", { groups: ["system:masters"], revokedAt: "2026-01-02T00:00:00Z" }),
    token("c", { expiresAt: "2026-01-12T00:00:00Z" }),
  ];
  expect(verdictOf(tokens, "system:masters", NOW)).toBe(
    "1 of 2 tokens and sessions may do everything; 1 token ends within a week",
  );
});

test("bindings that people made come before those of the server", () => {
  const row = (name: string, isBuiltIn: boolean, ...subjects: string[]) => ({
    ref: { kind: "ClusterRoleBinding", name },
    role: { kind: "ClusterRole", name },
    subjects,
    isBuiltIn,
  });
  const rows = bindingRows([
    row("c", true, "Group a"),
    row("b", false, "User z"),
    row("a", false, "Group b"),
    row("n", false),
  ]);
  expect(rows.map(({ ref }) => ref.name)).toEqual(["a", "b", "n", "c"]);
});

test("a question is what its fields say; what is empty is not asked", () => {
  const form = new FormData();
  for (const [key, value] of Object.entries({
    user: " ada ",
    groups: "devs, ops,",
    verb: "get",
    resource: "tiers",
    namespace: "",
    tier: "",
  }))
    form.set(key, value);
  expect(mayQuestion(form)).toEqual({ user: "ada", groups: ["devs", "ops"], verb: "get", resource: "tiers" });
});
