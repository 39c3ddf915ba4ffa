"use client";
import Link from "next/link";
import { Fragment, useEffect } from "react";
import { parseOpen } from "../../../words/kinds.ts";
import { type TraceQuery, useTrace } from "../../../live/trace.ts";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { Verdict } from "../../../parts/verdict.tsx";
import { type Trace, type TracePiece, traceSentence } from "../../../policy/trace.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { Ask } from "./ask.tsx";
import { ChangeIt } from "./change-it.tsx";
import { Ladder } from "./ladder.tsx";
import { MeasuredCard } from "./measured.tsx";
import { hrefOf, keepQuestion, questionOfUrl, type ReachQuestion } from "./questions.ts";
import { Start } from "./start.tsx";
import "../../../styles/reach.css";
import "../../../styles/editor.css";

/** "May A reach B, and what decides": the answer first, then every step of both ends, then what would change it. */
export function Reach() {
  usePageTitle("Reach");
  const url = useUrlState();
  const { question, strange } = questionOfUrl(url.get);
  const trace = useTrace(question);
  return (
    <>
      <main className="main" id="main">
        <div className="scroll">
          <div className="pad reach">
            <Ask question={question} />
            {strange.map((words) => (
              <p key={words} className="note w" role="status">
                <Icon name="warn" />
                {words}
              </p>
            ))}
            <Body trace={trace} question={question} />
          </div>
        </div>
      </main>
      <ObjectPanel openRef={parseOpen(url.get("open"))} />
    </>
  );
}

function Body({ trace, question }: { readonly trace: TraceQuery; readonly question: ReachQuestion }) {
  if (question.source === "" || question.destination === "") return <Start />;
  if (trace.result === undefined) {
    if (trace.error !== null) return <Failed error={trace.error} what="the answer" onRetry={trace.refetch} />;
    if (trace.problem !== undefined) return <Empty title="One end is unknown" help={trace.problem} />;
    return <SkeletonRows rows={6} />;
  }
  return <Answer trace={trace} result={trace.result} question={question} />;
}

function Answer(props: { readonly trace: TraceQuery; readonly result: Trace; readonly question: ReachQuestion }) {
  const { trace, result, question } = props;
  const denied = result.verdict === "Deny";
  const { source, destination, protocol, port } = question;
  useEffect(() => keepQuestion({ source, destination, protocol, port }), [source, destination, protocol, port]);
  const asked = {
    source: trace.sourceText,
    destination: trace.destinationText,
    protocol,
    ...(port !== "" && { port }),
  };
  return (
    <>
      <section className={`answer ${denied ? "d" : "a"}`} aria-live="polite" aria-label="Answer">
        <p className="av">
          <Icon name={denied ? "deny" : "allow"} />
          {denied ? "Denied" : "Allowed"}
        </p>
        <div>
          <p className="as">
            <Pieces pieces={traceSentence(result)} />
          </p>
          <p className="muted">
            New connections only. <Back trace={trace} question={question} />
          </p>
        </div>
      </section>
      <div className="reach-cols">
        <Ladder result={result} asked={asked} />
        <aside className="reach-side">
          <ChangeIt result={result} />
          <MeasuredCard trace={trace} />
        </aside>
      </div>
    </>
  );
}

/** A sentence with its names as names, and as links where there is something to open. */
function Pieces({ pieces }: { readonly pieces: readonly TracePiece[] }) {
  const url = useUrlState();
  return pieces.map((piece, index) => {
    const key = `${index}`;
    if (piece.t === "word") return <Fragment key={key}>{piece.text}</Fragment>;
    const name = <ObjectName namespace={piece.namespace} name={piece.name} />;
    if (piece.path === undefined) return <Fragment key={key}>{name}</Fragment>;
    return (
      <Link key={key} className="link" href={url.href({ open: piece.path, new: undefined })} scroll={false}>
        {name}
      </Link>
    );
  });
}

/** The same question the other way round, with its answer. */
function Back({ trace, question }: { readonly trace: TraceQuery; readonly question: ReachQuestion }) {
  const back = { ...question, source: trace.destinationText, destination: trace.sourceText };
  const { verdict } = useTrace(back);
  return (
    <>
      The other direction,{" "}
      <Link className="link mono" href={hrefOf(back)}>
        {back.source} → {back.destination}
      </Link>
      {verdict === undefined ? "." : ": "}
      {verdict !== undefined && <Verdict action={verdict} word={verdict === "Allow" ? "Allowed" : "Denied"} />}
    </>
  );
}
