"use client";
import { counted } from "../words/number.ts";
import { Icon } from "./icon.tsx";

/** A filter that hides rows, and how many there would be without it alone. */
export interface Hiding {
  /** `“cart”`, `Node node-3`. */
  readonly words: string;
  /** Undefined where nobody counted. */
  readonly without?: number;
  readonly drop: () => void;
}

/** In the place of rows that filters hide, all of them: which filter hides them, and the way back. */
export function NoMatch(props: {
  readonly noun: string;
  readonly nounPlural?: string;
  /** Without any filter. */
  readonly total: number;
  readonly filters: readonly Hiding[];
}) {
  const { noun, nounPlural = `${noun}s`, filters } = props;
  const [only] = filters;
  const clear = (): void => {
    for (const { drop } of filters) drop();
  };
  return (
    <div className="empty" role="status">
      <p className="h2">
        No {nounPlural} match {filters.length === 1 ? only?.words : counted(filters.length, "filter")}
      </p>
      <p>
        {counted(props.total, noun, nounPlural)} without {filters.length === 1 ? "it" : "them"}.
      </p>
      <p className="rowb wrap">
        <button type="button" className="btn" onClick={clear}>
          <Icon name="close" />
          {filters.length === 1 ? "Clear the filter" : "Clear all"}
        </button>
        {filters.length > 1 &&
          filters.map(({ words, without, drop }) => (
            <button key={words} type="button" className="btn ghost" onClick={drop}>
              Without {words}
              {without !== undefined && <span className="muted">{without}</span>}
            </button>
          ))}
      </p>
    </div>
  );
}
