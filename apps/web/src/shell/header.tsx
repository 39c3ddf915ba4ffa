"use client";
import Link from "next/link";
import { Icon } from "../parts/icon.tsx";
import { Popover } from "../parts/popover.tsx";
import { LiveButton } from "./live-button.tsx";
import { RecentChanges } from "./recent-changes.tsx";
import { SessionMenu } from "./session-menu.tsx";
import { applyTheme, THEMES } from "./theme.ts";
import { useTitle } from "./title.ts";
import { useTheme } from "./use-choice.ts";

export function Header(props: { readonly onMenu: () => void; readonly onSearch: () => void }) {
  const title = useTitle();
  return (
    <header className="head">
      <button type="button" className="hbtn menu-btn" onClick={props.onMenu} aria-label="Menu">
        <Icon name="menu" />
      </button>
      <div className="crumb">
        {title.parents.map((parent) => (
          <span key={parent.href} className="rowb hide-s">
            <Link href={parent.href}>{parent.title}</Link>
            <Icon name="right" />
          </span>
        ))}
        <h1 tabIndex={-1}>{title.mono ? <span className="mono">{title.text}</span> : title.text}</h1>
      </div>
      <button type="button" className="find" onClick={props.onSearch} aria-label="Search or ask a question">
        <Icon name="search" />
        <span className="t">Search, or paste an address</span>
        <kbd>⌘K</kbd>
      </button>
      <LiveButton />
      <RecentChanges />
      <ThemeButton />
      <SessionMenu />
    </header>
  );
}

const THEME_WORDS = { system: "As the system", light: "Light", dark: "Dark" } as const;

function ThemeButton() {
  const theme = useTheme();
  return (
    <Popover className="hide-s" label="Theme" button={<Icon name="sun" />}>
      {(close) => (
        <div className="menu" role="menu">
          {THEMES.map((choice) => (
            <button
              key={choice}
              type="button"
              role="menuitemradio"
              aria-checked={choice === theme}
              onClick={() => {
                applyTheme(choice);
                close();
              }}
            >
              {THEME_WORDS[choice]}
              {choice === theme && <Icon name="allow" className="right acc" />}
            </button>
          ))}
        </div>
      )}
    </Popover>
  );
}
