import { expect, test } from "vitest";
import { createHandover } from "./handed-over.ts";

function tab({ room = Infinity }: { readonly room?: number } = {}) {
  const stored = new Map<string, string>();
  const shelf = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => {
      if (text.length > room) throw new DOMException("full", "QuotaExceededError");
      stored.set(key, text);
    },
    removeItem: (key: string) => void stored.delete(key),
  };
  return () => createHandover(() => shelf);
}

test("what was handed over outlives a reload", () => {
  const load = tab();
  expect(load().held()).toBeUndefined();
  load().give("kind: Tier");
  expect(load().held()).toBe("kind: Tier");
});

test("a text too long for the browser is handed over all the same, and never leaves the one before in its place", () => {
  const load = tab({ room: 5 });
  const page = load();
  page.give("short");
  page.give("too long");
  expect(page.held()).toBe("too long");
  expect(load().held()).toBeUndefined();
});

test("a browser that keeps nothing hands over within the page", () => {
  const page = createHandover(() => {
    throw new DOMException("no storage", "SecurityError");
  });
  expect(page.held()).toBeUndefined();
  page.give("a");
  expect(page.held()).toBe("a");
});

test("who shows one text hears of the next", () => {
  const page = tab()();
  page.give("a");
  const heard: (string | undefined)[] = [];
  const stop = page.subscribe(() => heard.push(page.held()));
  page.give("b");
  stop();
  page.give("c");
  expect(heard).toEqual(["b"]);
});
