"use client";
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { Live } from "../live/pause.tsx";
import { Toasts } from "../parts/toasts.tsx";
import { Header } from "./header.tsx";
import { useArrival } from "./arrival.ts";
import { useJumpKeys } from "./keys.ts";
import { prefersSlimRail } from "./nav.ts";
import { Notices } from "./notices.tsx";
import { Rail } from "./rail.tsx";
import { UndoKey } from "./undo/undo-key.tsx";
import type { RailWidth } from "./rail-width.ts";
import { keepChoice } from "./theme.ts";

const loadPalette = async () => (await import("./palette/palette.tsx")).Palette;
const Palette = dynamic(loadPalette, { ssr: false });
const Shortcuts = dynamic(async () => (await import("./shortcuts/shortcuts.tsx")).Shortcuts, { ssr: false });
/** After the page has what it needs itself. */
const PALETTE_MS = 2_000;

/** The frame around every page. Which page it is comes from the path alone, so the frame never re-renders for data. */
export function Shell(props: { readonly rail: RailWidth | undefined; readonly children: ReactNode }) {
  const pathname = usePathname();
  const [shown, setShown] = useState(pathname);
  const [chosen, setChosen] = useState(props.rail);
  const [menuOpen, setMenuOpen] = useState(false);
  const [searching, setSearching] = useState(false);
  const [helping, setHelping] = useState(false);
  const rail = chosen ?? (prefersSlimRail(pathname) ? "slim" : "wide");
  useJumpKeys({ onSearch: () => setSearching(true), onHelp: () => setHelping(true) });
  useArrival(pathname);
  useEffect(() => {
    const kept = import("./keep-focus.ts").then(({ keepFocus }) => keepFocus());
    return () => void kept.then((end) => end());
  }, []);
  useEffect(() => {
    // There when it is asked for: who types on at once types into it.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), PALETTE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (shown !== pathname) {
    setShown(pathname);
    setMenuOpen(false);
    setSearching(false);
    setHelping(false);
  }
  return (
    <div className="app" data-rail={rail} data-menu={menuOpen ? "open" : undefined}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Rail
        rail={rail}
        onToggle={() => {
          const next = rail === "slim" ? "wide" : "slim";
          keepChoice("rail", next);
          setChosen(next);
        }}
      />
      {menuOpen && (
        <button type="button" className="menu-scrim" aria-label="Close menu" onClick={() => setMenuOpen(false)} />
      )}
      <Header onMenu={() => setMenuOpen(!menuOpen)} onSearch={() => setSearching(true)} />
      <Notices />
      {props.children}
      {searching && <Palette onClose={() => setSearching(false)} />}
      {helping && <Shortcuts onClose={() => setHelping(false)} />}
      <UndoKey />
      <Toasts />
      <Live />
    </div>
  );
}
