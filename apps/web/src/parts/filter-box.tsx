"use client";
import { Icon } from "./icon.tsx";
import { LateInput } from "./late-input.tsx";

/** The page's filter; `/` focuses it, Esc clears it. */
export function FilterBox(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <span className="filter-box">
      <Icon name="search" />
      <LateInput
        data-filter
        type="search"
        aria-label={props.label}
        placeholder={props.label}
        value={props.value}
        autoComplete="off"
        spellCheck={false}
        onChange={props.onChange}
      />
      {props.value === "" && <kbd>/</kbd>}
    </span>
  );
}
