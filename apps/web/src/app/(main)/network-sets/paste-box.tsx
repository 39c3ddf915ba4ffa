"use client";
import { useDeferredValue, useId, useMemo, useState } from "react";
import { counted, formatBig } from "../../../words/number.ts";
import { addressesIn, type PastedNet, readPaste } from "./paste.ts";

const SHOWN = 6;

/** Takes a list as others send it, shows what it says line by line, and hands over what is new of it. */
export function PasteBox({
  nets,
  onReview,
}: {
  readonly nets: readonly string[];
  readonly onReview: (nets: readonly string[]) => void;
}) {
  const id = useId();
  const [text, setText] = useState("");
  const read = useDeferredValue(text);
  const pasted = useMemo(() => readPaste(read, nets), [read, nets]);
  const of = (is: PastedNet["is"]) => pasted.filter((one) => one.is === is);
  const [fresh, known, twice, wrong] = [of("new"), of("known"), of("twice"), of("wrong")];
  const added = fresh.map(({ says }) => says);
  return (
    <section className="sect" aria-label="Paste addresses or CIDRs">
      <div className="sh">
        <h3 className="h2">
          <label htmlFor={id}>Paste addresses or CIDRs</label>
        </h3>
        <span className="end muted">spaces, commas, lines, # comments</span>
      </div>
      <div className="paste">
        <textarea
          id={id}
          className="in mono"
          rows={8}
          spellCheck={false}
          value={text}
          aria-describedby={`${id}-said`}
          onChange={(event) => setText(event.target.value)}
        />
        <div id={`${id}-said`} className="paste-said" role="status">
          {pasted.length === 0 ? (
            <p className="muted">What it adds shows here, line by line.</p>
          ) : (
            <>
              <p>
                <b>{fresh.length}</b> new{fresh.length > 0 && `, ${formatBig(addressesIn(added))} addresses`}
              </p>
              <Lines
                title={`${known.length} in the set already, left out`}
                lines={known}
                say={({ says }) => `in ${says}`}
              />
              <Lines
                title={`${twice.length} twice in the text, left out`}
                lines={twice}
                say={({ says }) => `in ${says}`}
              />
              <Lines
                title={`${counted(wrong.length, "invalid word")}, left out`}
                lines={wrong}
                say={({ says }) => says}
                isWrong
              />
            </>
          )}
        </div>
      </div>
      {text !== "" && (
        <p className="paste-do">
          <button type="button" className="btn" onClick={() => setText("")}>
            Discard
          </button>
          <button
            type="button"
            className="btn pri"
            disabled={fresh.length === 0}
            onClick={() => onReview([...nets, ...added])}
          >
            Review {counted(fresh.length, "net")}
          </button>
        </p>
      )}
    </section>
  );
}

function Lines({
  title,
  lines,
  say,
  isWrong = false,
}: {
  readonly title: string;
  readonly lines: readonly PastedNet[];
  readonly say: (net: PastedNet) => string;
  readonly isWrong?: boolean;
}) {
  if (lines.length === 0) return null;
  return (
    <>
      <p className={isWrong ? "deny" : undefined}>{title}</p>
      <ul className="sm muted">
        {lines.slice(0, SHOWN).map((one, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a line may hold the same word twice
          <li key={`${one.line} ${index}`}>
            line {one.line}: <span className="mono">{one.text}</span> {say(one)}
          </li>
        ))}
        {lines.length > SHOWN && <li>and {lines.length - SHOWN} more</li>}
      </ul>
    </>
  );
}
