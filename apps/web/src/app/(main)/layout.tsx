import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Shell } from "../../shell/shell.tsx";
import "../../styles/shell.css";
import "../../styles/palette.css";

export default async function MainLayout({ children }: { readonly children: ReactNode }) {
  const jar = await cookies();
  const rail = jar.get("rail")?.value;
  return <Shell rail={rail === "slim" || rail === "wide" ? rail : undefined}>{children}</Shell>;
}
