"use client";
import { useId, useRef, useState } from "react";
import { useFoundEndpoints } from "../live/endpoint-list.ts";
import { endpointText } from "../policy/endpoint.ts";

const OPTIONS = 12;

/** An endpoint by name, label or address; any address outside may be typed too. */
export function EndpointCombo(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string>();
  const [active, setActive] = useState(0);
  const text = typed ?? props.value;
  const options = useFoundEndpoints(typed?.trim(), OPTIONS) ?? [];
  const isOpen = typed !== undefined;
  const commit = (value: string) => {
    setTyped(undefined);
    props.onChange(value.trim());
  };
  return (
    <div className="combo">
      <input
        ref={input}
        className="in mono"
        role="combobox"
        aria-label={props.label}
        aria-expanded={isOpen && options.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && options[active] !== undefined ? `${id}-${active}` : undefined}
        value={text}
        placeholder={props.placeholder ?? props.label}
        autoComplete="off"
        spellCheck={false}
        onFocus={(event) => {
          event.target.select();
          if (props.value === "") setTyped("");
        }}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
        }}
        onBlur={() => typed !== undefined && commit(typed === "" ? props.value : typed)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (!isOpen) setTyped("");
            setActive(Math.max(0, Math.min(options.length - 1, active + (event.key === "ArrowDown" ? 1 : -1))));
          } else if (event.key === "Enter") {
            event.preventDefault();
            const option = isOpen ? options[active] : undefined;
            const isAddress = /^[0-9a-fA-F.:]+$/.test(text) && /[.:]/.test(text);
            commit(option === undefined || isAddress ? text : endpointText(option));
          } else if (event.key === "Escape" && isOpen) {
            event.preventDefault();
            setTyped(undefined);
          }
        }}
      />
      {isOpen && options.length > 0 && (
        <ul className="float" id={`${id}-list`} role="listbox" aria-label={props.label}>
          {options.map((endpoint, index) => (
            <li
              key={endpoint.key}
              id={`${id}-${index}`}
              role="option"
              className="opt"
              aria-selected={index === active}
              onPointerDown={(event) => {
                event.preventDefault();
                commit(endpointText(endpoint));
                input.current?.blur();
              }}
            >
              <span className="mono ell">{endpointText(endpoint)}</span>
              <span className="muted sm right mono">{endpoint.addresses[0]}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
