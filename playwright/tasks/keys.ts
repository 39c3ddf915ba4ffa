import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";
import { type Hands, JUMPS } from "./hands.ts";

/** More stops than any page has before what one looks for. */
const MOST_STOPS = 120;

/** Keys alone, as somebody without a mouse: shortcuts, Tab from stop to stop, arrows within a group. Each stop must be seen. */
export function keys(page: Page): Hands {
  let steps = 0;
  /** Walks on from where the focus is. A group that Tab enters at one place, such as a column of cards, is walked by arrows. */
  const reach = async (target: Locator): Promise<void> => {
    await target.waitFor();
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      const at = await target.evaluate(whereFocusIs);
      if (at === "there") return;
      await page.keyboard.press(at === "in its group" ? "ArrowDown" : "Tab");
      await expectSeen(page);
    }
    throw new Error(`keys never reach ${target.toString()}`);
  };
  const press: Hands["press"] = async (target) => {
    steps += 1;
    await reach(target);
    await page.keyboard.press("Enter");
    await expectSeen(page);
  };
  return {
    page,
    get steps() {
      return steps;
    },
    press,
    type: async (field, text) => {
      steps += 1;
      await reach(field);
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(text);
    },
    goTo: async (title) => {
      steps += 1;
      await page.keyboard.press("g");
      await page.keyboard.press(JUMPS[title]);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await expectSeen(page);
    },
    ask: async (text, answer, then = "read") => {
      steps += 2;
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByRole("combobox", { name: "Search" }).waitFor();
      await expectSeen(page);
      await page.keyboard.type(text);
      await answer.waitFor();
      if (then === "chosen") await page.keyboard.press("Enter");
    },
    moveUp: async (card) => {
      steps += 1;
      await reach(card);
      await page.keyboard.press("Alt+ArrowUp");
      await expectSeen(page);
    },
    undo: async () => {
      steps += 1;
      await page.keyboard.press("ControlOrMeta+z");
    },
  };
}

/** Runs in the browser. */
function whereFocusIs(target: Element): "there" | "in its group" | "elsewhere" {
  const focused = document.activeElement;
  if (focused === target) return "there";
  const isWalked = target instanceof HTMLElement && target.tabIndex < 0;
  const group = target.closest("ol, tbody, [role=rowgroup], [role=tablist]");
  return isWalked && group?.contains(focused) === true ? "in its group" : "elsewhere";
}

/** Focus is on something, which is on the screen and marked; what has just gone away may take a moment to give it on. */
async function expectSeen(page: Page): Promise<void> {
  const fault = await page.evaluate(faultOfFocus);
  if (fault !== "") await expect.poll(() => page.evaluate(faultOfFocus), { timeout: 10_000 }).toBe("");
}

/** Runs in the browser: what is wrong with the focus, in words. */
function faultOfFocus(): string {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return "the focus is lost";
  const called = `${focused.tagName.toLowerCase()} ${focused.getAttribute("aria-label") ?? focused.textContent?.slice(0, 40)}`;
  const { top, left, bottom, right, width, height } = focused.getBoundingClientRect();
  if (width === 0 || height === 0) return `${called} has no size`;
  if (bottom <= 0 || right <= 0 || top >= innerHeight || left >= innerWidth) return `${called} is off the screen`;
  if (focused.closest("dialog") !== null && focused.matches("input")) return ""; // the one field of the palette has the caret
  for (let frame: Element | null = focused; frame !== null; frame = frame.parentElement) {
    const { outlineStyle, outlineWidth } = getComputedStyle(frame); // a field may leave it to its frame
    if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) return "";
    if (frame.matches("label, .cm-host, .fld, main, aside, header")) break;
  }
  return `${called} is not marked`;
}
