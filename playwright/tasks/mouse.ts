import type { Page } from "playwright-core";
import type { Hands } from "./hands.ts";

export function mouse(page: Page): Hands {
  let steps = 0;
  const press: Hands["press"] = async (target) => {
    steps += 1;
    await target.click();
  };
  const type: Hands["type"] = async (field, text) => {
    steps += 1;
    await field.click({ clickCount: 3 }); // what was there is written over
    await page.keyboard.type(text);
  };
  return {
    page,
    get steps() {
      return steps;
    },
    press,
    type,
    goTo: (title) => press(page.getByRole("navigation").getByRole("link", { name: title, exact: true })),
    ask: async (text, answer, then = "read") => {
      await press(page.getByRole("button", { name: /^Search/ }));
      await page.getByRole("combobox", { name: "Search" }).waitFor();
      steps += 1;
      await page.keyboard.type(text);
      await answer.waitFor();
      if (then === "chosen") await page.keyboard.press("Enter");
    },
    moveUp: async (card, before) => {
      steps += 1;
      await card.dragTo(before, { targetPosition: { x: 40, y: 4 } });
    },
    undo: () => press(page.getByRole("button", { name: "Undo" }).first()),
  };
}
