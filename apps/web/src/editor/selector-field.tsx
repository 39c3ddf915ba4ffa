"use client";
import { useId } from "react";
import { useSelectorMatches } from "../live/selector.ts";
import type { Scope } from "../policy/selection.ts";
import { counted } from "../words/number.ts";
import { selectorTokens } from "./selector-tokens.ts";

const TONE = { key: "tk", text: "ts", word: "tn", op: "to", space: "" } as const;

/** A selector, coloured as typed, with the number of endpoints it selects right now. */
export function SelectorField(props: {
  readonly label: string;
  readonly field?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly error?: string | undefined;
  /** What the selector is matched against; absent for namespace selectors and the like. */
  readonly scope?: Scope;
  readonly onShow?: (names: readonly string[]) => void;
}) {
  const id = useId();
  const match = useSelectorMatches(props.value, props.scope);
  const error = props.error ?? match.error;
  return (
    <div className="fld">
      <label className="lab" htmlFor={id}>
        {props.label}
        {props.field !== undefined && <span className="field-name">{props.field}</span>}
      </label>
      <div className="selfield" data-invalid={error !== undefined}>
        <pre aria-hidden>
          {selectorTokens(props.value).map((token, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a token is what its place says
            <span key={index} className={TONE[token.t]}>
              {token.text}
            </span>
          ))}{" "}
        </pre>
        <textarea
          id={id}
          rows={1}
          value={props.value}
          placeholder={props.placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-describedby={`${id}-h`}
          aria-invalid={error !== undefined}
          onChange={(event) => props.onChange(event.target.value.replaceAll("\n", " "))}
        />
      </div>
      <p className={error === undefined ? "hint" : "hint err"} id={`${id}-h`}>
        {error ?? <MatchWords match={match} scope={props.scope} />}
      </p>
    </div>
  );
}

function MatchWords({
  match,
  scope,
}: {
  readonly match: ReturnType<typeof useSelectorMatches>;
  readonly scope: Scope | undefined;
}) {
  if (scope === undefined) return null;
  if (match.count === undefined) return <>Counting…</>;
  if (match.count === 0) return <span className="warn">Matches no endpoint</span>;
  return (
    <>
      Matches <b className="med">{counted(match.count, "endpoint")}</b>
      {match.namespaces > 0 && ` in ${counted(match.namespaces, "namespace")}`}
      {match.names.length > 0 && (
        <>
          : <span className="mono">{match.names.slice(0, 4).join(", ")}</span>
          {match.count > 4 && ` and ${match.count - 4} more`}
        </>
      )}
    </>
  );
}
