/** Every page for eyes that need it larger (WCAG 2.2, 1.4.10), and in the colours of the system alone. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { block, reportProbes, startAgents } from "./lived-in.ts";
import { openShop, type ShopPage } from "./shop-page.ts";

let shop: ShopPage;

beforeAll(async () => {
  shop = await openShop();
  await shop.product.create([block]);
  startAgents(shop.product);
  await reportProbes(shop.product);
  await shop.signIn();
});
afterAll(() => shop?.close());

const REACH = "/reach?src=shop/database&dst=shop/cart&proto=TCP&port=8080";
const PAGES = [
  "/",
  "/policies",
  "/policies?view=list",
  "/policies?src=shop/database&dst=shop/cart&proto=TCP&port=8080",
  "/policies?open=networkpolicies/shop/cart-access",
  "/policies?new=networkpolicies",
  REACH,
  "/matrix",
  "/endpoints",
  "/endpoints?open=workloadendpoints/shop/cart",
  "/ippools",
  "/ippools?focus=pool&open=block/10.65.0.0/26",
  "/nodes",
  "/nodes/node-1",
  "/bgp",
  "/activity",
  "/health",
  "/access",
  "/settings",
  "/networksets",
  "/profiles",
  "/new/ippools",
  "/networkpolicies/shop/cart-access",
];

/** 1,440 pixels at 200 %, 1,280 at 200 % and at 400 %. */
const SIZES = [
  { width: 720, height: 450 },
  { width: 640, height: 512 },
  { width: 320, height: 568 },
];

describe.each(PAGES)("%s", (path) => {
  test("is read by scrolling one way, and cuts nothing off", async () => {
    const { page, product } = shop;
    await page.emulateMedia({ forcedColors: "none" });
    await page.goto(product.url + path);
    await page.locator(":is(main, aside):not(:has([aria-busy=true]))").first().waitFor();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await expect
        .poll(() => page.evaluate(faultsOfReflow), { message: `at ${size.width}`, timeout: 10_000 })
        .toEqual([]);
    }
  });

  test("tells in the system's colours all that it tells by its own", async () => {
    const { page } = shop;
    await page.emulateMedia({ forcedColors: "none" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.evaluate(noteFills);
    await page.emulateMedia({ forcedColors: "active" });
    expect(await page.evaluate(lostWithoutColours)).toEqual([]);
  });
});

/** Runs in the browser: what holds more than it is wide. Tables, the board and strips that lead into what stands below scroll in themselves. */
async function faultsOfReflow(): Promise<readonly string[]> {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); // once what depends on the size is there
  const scrolling = ".board, .tw, .set-nav, .path, pre, .cm-editor, .amap, svg, .vh, input, textarea";
  return [...document.querySelectorAll<HTMLElement>("html, body *")]
    .filter((element) => {
      const { overflowX, textOverflow } = getComputedStyle(element);
      const isLoose = overflowX === "visible" && element !== document.documentElement;
      const holdsMore = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
      return holdsMore && !isLoose && textOverflow !== "ellipsis" && element.closest(scrolling) === null;
    })
    .map(
      ({ tagName, className, scrollWidth, clientWidth }) => `${tagName}.${className}: ${scrollWidth} in ${clientWidth}`,
    );
}

/** Runs in the browser: remembers what says something by its ground alone. */
function noteFills(): void {
  const fills = [...document.querySelectorAll<HTMLElement>("body *")].filter((element) => {
    if (
      element.matches("input, textarea") ||
      element.childElementCount > 0 ||
      element.textContent !== "" ||
      !element.checkVisibility()
    )
      return false;
    const { backgroundColor, backgroundImage } = getComputedStyle(element);
    return backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none";
  });
  Object.assign(globalThis, { fills });
}

/** Runs in the browser: what of them is not seen any more, and what is chosen and does not show it. */
function lostWithoutColours(): readonly string[] {
  const isDrawn = (element: Element): boolean => {
    const { forcedColorAdjust, borderStyle, outlineStyle } = getComputedStyle(element) as CSSStyleDeclaration & {
      readonly forcedColorAdjust: string;
    };
    return forcedColorAdjust === "none" || borderStyle !== "none" || outlineStyle !== "none";
  };
  const { fills } = globalThis as unknown as { readonly fills: readonly HTMLElement[] };
  const chosen = document.querySelectorAll(
    "[aria-selected=true], [aria-pressed=true], [aria-current=page], [aria-checked=true]",
  );
  const isMarked = (element: Element): boolean => getComputedStyle(element).outlineStyle !== "none";
  return [
    ...fills
      .filter((element) => !isDrawn(element))
      .map(({ tagName, className }) => `${tagName}.${className} has no ground`),
    ...[...chosen]
      .filter((element) => !isMarked(element))
      .map(({ tagName, className }) => `${tagName}.${className} is chosen`),
  ].filter((fault, at, all) => all.indexOf(fault) === at);
}
