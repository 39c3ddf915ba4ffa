import type { KubeObject } from "@percale/resources/catalog";
import { beforeEach, expect, test } from "vitest";
import { keepDraft, type KeptDraft, takeDraft } from "./kept-draft.ts";

const kept = new Map<string, string>();
const shelf = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => void kept.set(key, text),
  removeItem: (key: string) => void kept.delete(key),
};
const kind = "NetworkPolicy";
const base = { kind, metadata: { name: "a", uid: "u-1", resourceVersion: "7" } } as unknown as KubeObject;
const draft: KeptDraft = { user: "ada", base, text: "spec:\n  order: 777\n" };

beforeEach(() => kept.clear());

test("what was typed comes back once, with the object as it was when editing began", () => {
  keepDraft(shelf, kind, draft);
  const newer = { ...base, metadata: { ...base.metadata, resourceVersion: "9" } };
  expect(takeDraft(shelf, { kind, base: newer, user: "ada" })).toEqual(draft);
  expect(takeDraft(shelf, { kind, base: newer, user: "ada" })).toBeUndefined();
});

test("it is nobody else's, and no other object's", () => {
  keepDraft(shelf, kind, draft);
  const again = { ...base, metadata: { ...base.metadata, uid: "u-2" } };
  expect(takeDraft(shelf, { kind, base: again, user: "ada" })).toBeUndefined();
  expect(takeDraft(shelf, { kind, base: undefined, user: "ada" })).toBeUndefined();
  expect(takeDraft(shelf, { kind, base, user: "bob" })).toBeUndefined();
  expect(takeDraft(shelf, { kind, base, user: "ada" })).toBeUndefined(); // given up when another asked
});

test("a new object has a place of its own, by kind", () => {
  const { base: _, ...rest } = draft;
  keepDraft(shelf, kind, { ...rest, base: undefined });
  expect(takeDraft(shelf, { kind: "Tier", base: undefined, user: "ada" })).toBeUndefined();
  expect(takeDraft(shelf, { kind, base: undefined, user: "ada" })?.text).toBe(draft.text);
});

test("what is pasted is not replaced by what was typed before, which waits for its own editor", () => {
  const typed = { user: "ada", base: undefined, text: "typed" };
  const edited = { ...typed, from: "pasted", text: "pasted and edited" };
  keepDraft(shelf, kind, typed);
  expect(takeDraft(shelf, { kind, base: undefined, from: "pasted", user: "ada" })).toBeUndefined();
  keepDraft(shelf, kind, edited);
  expect(takeDraft(shelf, { kind, base: undefined, from: "pasted", user: "ada" })).toEqual(edited);
  keepDraft(shelf, kind, edited);
  expect(takeDraft(shelf, { kind, base: undefined, from: "another paste", user: "ada" })).toBeUndefined();
  expect(takeDraft(shelf, { kind, base: undefined, user: "ada" })?.text).toBe("typed");
  keepDraft(shelf, kind, draft);
  expect(takeDraft(shelf, { kind, base, from: "pasted into it", user: "ada" })).toBeUndefined();
  expect(takeDraft(shelf, { kind, base, user: "ada" })).toEqual(draft);
});

test("what is broken or cannot be kept is no draft", () => {
  kept.set(`percale.draft ${kind} u-1`, "{not json");
  expect(takeDraft(shelf, { kind, base, user: "ada" })).toBeUndefined();
  const full = {
    ...shelf,
    setItem: () => {
      throw new Error("quota");
    },
  };
  expect(() => keepDraft(full, kind, draft)).not.toThrow();
});
