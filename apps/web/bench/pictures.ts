/**
 * `npm run pictures`: the README's pictures, of the dashboard as it runs now. Bring it up with the lab first (`npm start`), and give the lab a
 * minute to have probed every pair.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp"; // Next brings it along
import { launchBrowser } from "./product.ts";

const root = resolve(import.meta.dirname, "../../..");
const folder = join(root, "docs/pictures");
const dataDir = resolve(process.env["PERCALE_DATA"] ?? join(root, ".percale"));
const url = `http://127.0.0.1:${process.env["PERCALE_WEB_PORT"] ?? 3000}`;
const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();

/** Each with the page it is of, and what must be on it before it is taken. */
const PICTURES: readonly { readonly name: string; readonly path: string; readonly until: RegExp }[] = [
  { name: "overview", path: "/", until: /Kernels and evaluator agree/ },
  {
    name: "board",
    path: "/policies?open=networkpolicies/shop/default.payments-access&src=shop/cart&dst=shop/payments&port=8443",
    until: /In force on 1 endpoint/,
  },
  { name: "reach", path: "/reach?src=shop/frontend&dst=shop/payments&port=8443", until: /real packets in the lab/ },
  { name: "matrix", path: "/matrix", until: /denied as intended/ },
  { name: "bgp", path: "/bgp", until: /2 of 2 sessions/ },
  { name: "endpoints", path: "/endpoints?open=workloadendpoints/shop/frontend", until: /closed by the end of tier/ },
];

const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  await signIn(page);
  mkdirSync(folder, { recursive: true });
  for (const { name, path, until } of PICTURES) {
    await page.goto(`${url}${path}`);
    await page.getByRole("button", { name: "Connection: Live" }).waitFor();
    await page.getByText(until).first().waitFor();
    await page.locator(".skel").first().waitFor({ state: "detached" });
    await page.mouse.move(0, 0);
    const { size } = await sharp(await page.screenshot({ animations: "disabled" }))
      .png({ palette: true, effort: 10 })
      .toFile(join(folder, `${name}.png`));
    console.log(`docs/pictures/${name}.png  ${Math.round(size / 1024)} KiB`);
  }
} finally {
  await browser.close();
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${url}/signin`);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/`);
}
