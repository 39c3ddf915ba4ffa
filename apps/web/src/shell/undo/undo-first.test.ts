import { expect, test } from "vitest";
import { undoDraft, undoFirst } from "./undo-first.ts";

test("the newest draft hears the key, the one before once that is gone, and without any it is free", () => {
  const heard: string[] = [];
  const hear = (name: string) => undoFirst(() => heard.push(name));
  const endBoard = hear("board");
  const endEditor = hear("editor");
  expect(undoDraft()).toBe(true);
  endEditor();
  endEditor();
  expect(undoDraft()).toBe(true);
  endBoard();
  expect(undoDraft()).toBe(false);
  expect(heard).toEqual(["editor", "board"]);
});
