import localFont from "next/font/local";

/**
 * Inter for words, JetBrains Mono for what is typed: Latin alone, one variable file each, from our own origin, asked for by the page's head.
 * Until they are here a system's font of the same measures stands in their place (`styles/tokens.css`), so that nothing jumps.
 */
const inter = localFont({
  src: "../../../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  weight: "100 900",
  variable: "--inter",
  display: "swap",
  adjustFontFallback: false,
});

const mono = localFont({
  src: "../../../../node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
  weight: "100 800",
  variable: "--jetbrains-mono",
  display: "swap",
  adjustFontFallback: false,
  // No ligatures, wherever it stands: `==` in a selector must read as typed.
  declarations: [{ prop: "font-feature-settings", value: "'calt' 0, 'liga' 0" }],
});

/** The classes that bring `--inter` and `--jetbrains-mono`, for the root element. */
export const fonts = `${inter.variable} ${mono.variable}`;
