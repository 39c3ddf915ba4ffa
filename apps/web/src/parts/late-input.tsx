"use client";
import { type ComponentProps, useEffect, useLayoutEffect, useRef, useState } from "react";

const QUIET_MS = 250;

/**
 * A text field over state that lives elsewhere, such as the URL, and comes back late: what is typed is the field's own, and is told once
 * nobody has typed for a while, or when it is committed (Enter, leaving the field). A change from elsewhere shows unless someone types.
 */
export function LateInput({
  value,
  onChange,
  clean,
  onKeyDown,
  ...rest
}: Omit<ComponentProps<"input">, "value" | "onChange" | "onBlur"> & {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What of the typed text counts. */
  readonly clean?: (text: string) => string;
}) {
  const [typed, setTyped] = useState<{ readonly text: string; readonly isTold: boolean }>();
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (typed?.isTold === true) setTyped(undefined);
  }
  const newest = useRef(onChange);
  useLayoutEffect(() => {
    newest.current = onChange;
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = (text: string): void => {
    clearTimeout(timer.current);
    setTyped({ text, isTold: true });
    newest.current(text);
  };
  const commit = (): void => {
    if (typed?.isTold === false) tell(typed.text);
  };
  return (
    <input
      {...rest}
      value={typed?.text ?? value}
      onChange={(event) => {
        const text = clean === undefined ? event.target.value : clean(event.target.value);
        setTyped({ text, isTold: false });
        clearTimeout(timer.current);
        timer.current = setTimeout(() => tell(text), QUIET_MS);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape" && rest.type === "search" && event.currentTarget.value !== "") {
          event.preventDefault();
          tell("");
        }
        onKeyDown?.(event);
      }}
    />
  );
}
