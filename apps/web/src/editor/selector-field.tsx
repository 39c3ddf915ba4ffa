"use client";
import { useId } from "react";
import { type Matches, type Scope, useSelectorMatches } from "../live/selector.ts";
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
}) {
  const id = useId();
  const answer = useSelectorMatches(props.value, props.scope);
  const error = props.error ?? (answer.said === "wrong" || answer.said === "failed" ? answer.message : undefined);
  const isWrong = props.error !== undefined || answer.said === "wrong";
  return (
    <div className="fld">
      <label className="lab" htmlFor={id}>
        {props.label}
        {props.field !== undefined && <span className="field-name">{props.field}</span>}
      </label>
      <div className="selfield" data-invalid={isWrong}>
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
          aria-invalid={isWrong}
          onChange={(event) => props.onChange(event.target.value.replaceAll("\n", " "))}
        />
      </div>
      <p className={error === undefined ? "hint" : "hint err"} id={`${id}-h`}>
        {error ?? (props.scope !== undefined && <MatchWords answer={answer} />)}
      </p>
    </div>
  );
}

function MatchWords({ answer }: { readonly answer: Matches }) {
  switch (answer.said) {
    case "waiting":
      return <>Counting…</>;
    case "wrong":
    case "failed":
      return <>{answer.message}</>;
    case "matches":
      if (answer.count === 0) return <span className="warn">Matches no endpoint</span>;
      return (
        <>
          Matches <b className="med">{counted(answer.count, "endpoint")}</b>
          {` in ${counted(answer.namespaces, "namespace")}`}: <span className="mono">{answer.names.join(", ")}</span>
          {answer.count > answer.names.length && ` and ${answer.count - answer.names.length} more`}
        </>
      );
  }
}
