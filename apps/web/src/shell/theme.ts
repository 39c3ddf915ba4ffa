/** Theme, density and rail live in cookies, so that the server's first byte already has them: no flash. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function parseTheme(text: string | undefined): Theme {
  return THEMES.find((theme) => theme === text) ?? "system";
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  keepChoice("theme", theme);
  tellChoice();
}

const CHOICE = "choice";

/** Whoever shows what was chosen hears of a new choice. */
export function onChoice(hear: () => void): () => void {
  document.addEventListener(CHOICE, hear);
  return () => document.removeEventListener(CHOICE, hear);
}

export function tellChoice(): void {
  document.dispatchEvent(new Event(CHOICE));
}

export function keepChoice(name: "theme" | "rail" | "density" | "keys", value: string): void {
  // The Cookie Store API is absent from Firefox ESR.
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}
