import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { parseDensity } from "../shell/density.ts";
import { parseTheme } from "../shell/theme.ts";
import { fonts } from "./fonts.ts";
import { Providers } from "./providers.tsx";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/parts.css";
import "../styles/forced-colors.css";

export const metadata: Metadata = {
  title: { default: "Percale", template: "%s · Percale" },
  icons: { icon: "/mark.svg" },
};
export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

/** Rendered per request: the theme comes from a cookie and the script nonce from the policy, both before the first byte. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const jar = await cookies();
  const theme = parseTheme(jar.get("theme")?.value);
  const density = parseDensity(jar.get("density")?.value);
  return (
    <html lang="en" className={fonts} data-density={density} {...(theme === "system" ? {} : { "data-theme": theme })}>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
