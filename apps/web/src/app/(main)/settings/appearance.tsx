"use client";
import { type ReactNode, useState } from "react";
import { applyDensity, DENSITIES } from "../../../shell/density.ts";
import { keysAreOn, switchKeys } from "../../../shell/keys.ts";
import { ShortcutList } from "../../../shell/shortcuts/shortcut-list.tsx";
import { applyTheme, THEMES } from "../../../shell/theme.ts";
import { useDensity, useTheme } from "../../../shell/use-choice.ts";

const THEME_WORDS = {
  system: ["System", "follows your computer and changes with it"],
  light: ["Light", "for bright rooms and print"],
  dark: ["Dark", "for dim rooms and wall screens"],
} as const;
const DENSITY_WORDS = { compact: ["Compact", "rows of 32 px"], comfortable: ["Comfortable", "rows of 40 px"] } as const;

/** How one likes the dashboard: kept in this browser, nobody else sees it. */
export function Appearance() {
  const theme = useTheme();
  const density = useDensity();
  const [keys, setKeys] = useState(keysAreOn);
  return (
    <div className="scroll">
      <div className="pad own">
        <Part title="Theme" help="Kept in this browser.">
          <Choice
            name="theme"
            options={THEMES.map((id) => ({ id, words: THEME_WORDS[id] }))}
            chosen={theme}
            onChoose={applyTheme}
          />
        </Part>
        <Part title="Density" help="Of tables, lists and controls.">
          <Choice
            name="density"
            options={DENSITIES.map((id) => ({ id, words: DENSITY_WORDS[id] }))}
            chosen={density}
            onChoose={applyDensity}
          />
        </Part>
        <Part title="Shortcuts" help="Single keys act outside text fields only.">
          <label className="switch-box">
            <input
              type="checkbox"
              role="switch"
              checked={keys}
              aria-checked={keys}
              onChange={() => {
                switchKeys(!keys);
                setKeys(!keys);
              }}
            />
            <span>Single-key shortcuts</span>
          </label>
          <ShortcutList />
        </Part>
      </div>
    </div>
  );
}

function Part(props: { readonly title: string; readonly help: string; readonly children: ReactNode }) {
  return (
    <section className="own-part" aria-label={props.title}>
      <div>
        <h2 className="h3">{props.title}</h2>
        <p className="muted sm">{props.help}</p>
      </div>
      <div>{props.children}</div>
    </section>
  );
}

function Choice<T extends string>(props: {
  readonly name: string;
  readonly options: readonly { readonly id: T; readonly words: readonly [title: string, help: string] }[];
  readonly chosen: T;
  readonly onChoose: (id: T) => void;
}) {
  return (
    <div className="own-choices" data-of={props.name}>
      {props.options.map(({ id, words: [title, help] }) => (
        <label key={id} className="own-choice" htmlFor={`${props.name}-${id}`}>
          <span className="own-picture" data-is={id} aria-hidden>
            <i />
            <i />
            <i />
            <i />
          </span>
          <input
            id={`${props.name}-${id}`}
            type="radio"
            name={props.name}
            checked={id === props.chosen}
            onChange={() => props.onChoose(id)}
          />
          <b className="med">{title}</b>
          <span className="muted sm">{help}</span>
        </label>
      ))}
    </div>
  );
}
