import { keepChoice, tellChoice } from "./theme.ts";

/** How much room rows and controls have; `styles/tokens.css` says how much. */
export const DENSITIES = ["compact", "comfortable"] as const;
export type Density = (typeof DENSITIES)[number];

export function parseDensity(text: string | undefined): Density {
  return DENSITIES.find((density) => density === text) ?? "compact";
}

export function applyDensity(density: Density): void {
  document.documentElement.dataset["density"] = density;
  keepChoice("density", density);
  tellChoice();
}
