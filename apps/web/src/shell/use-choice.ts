"use client";
import { useSyncExternalStore } from "react";
import { type Density, parseDensity } from "./density.ts";
import { onChoice, parseTheme, type Theme } from "./theme.ts";

/** The theme in force, wherever it was chosen. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    onChoice,
    () => parseTheme(document.documentElement.dataset["theme"]),
    () => "system",
  );
}

export function useDensity(): Density {
  return useSyncExternalStore(
    onChoice,
    () => parseDensity(document.documentElement.dataset["density"]),
    () => "compact",
  );
}
