"use client";
import { Command } from "cmdk";
import { hrefOf } from "../../app/(main)/reach/questions.ts";
import { useTrace } from "../../live/trace.ts";
import { Icon } from "../../parts/icon.tsx";
import { Verdict } from "../../parts/verdict.tsx";
import type { Question } from "../../policy/question.ts";

/** The row's identity among those that are offered. */
export const QUESTION = "question";

/** A question about reachability, with its answer in the row. */
export function Answer({ question, go }: { readonly question: Question; readonly go: (href: string) => void }) {
  const { source, destination, protocol } = question;
  const port = question.port === undefined ? "" : String(question.port);
  const trace = useTrace({ source, destination, protocol, port });
  const asked = { source: trace.sourceText, destination: trace.destinationText, protocol, port };
  return (
    <Command.Item value={QUESTION} onSelect={() => go(hrefOf(asked))}>
      <Icon name="reach" />
      <span className="ell">
        <span className="mono">{trace.sourceText}</span> → <span className="mono">{trace.destinationText}</span>{" "}
        {protocol} {port}
      </span>
      <span className="verb">
        {trace.verdict === undefined ? (
          (trace.problem ?? "…")
        ) : (
          <Verdict action={trace.verdict} word={trace.verdict === "Allow" ? "Allowed" : "Denied"} />
        )}
      </span>
    </Command.Item>
  );
}
