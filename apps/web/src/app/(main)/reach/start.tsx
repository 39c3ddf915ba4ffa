"use client";
import Link from "next/link";
import { useState } from "react";
import { useMatrix } from "../../../live/matrix.ts";
import { useTrace } from "../../../live/trace.ts";
import { Icon } from "../../../parts/icon.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Empty } from "../../../parts/states.tsx";
import { Verdict } from "../../../parts/verdict.tsx";
import { type Cell, cellsThatDiffer, cellWords, deniedTargets, questionOf } from "../matrix/view.ts";
import { hrefOf, lastQuestions, type ReachQuestion } from "./questions.ts";

const MOST_DENIED = 6;

/** Before both ends are chosen: where packets met something else than was predicted, then what was asked here lately, with its answer of now. */
export function Start() {
  const [last] = useState(lastQuestions);
  const matrix = useMatrix();
  const surprises = matrix.data === undefined ? [] : cellsThatDiffer(matrix.data);
  const denied = matrix.data === undefined || last.length > 0 ? [] : deniedTargets(matrix.data).slice(0, MOST_DENIED);
  return (
    <>
      <Empty
        title="Choose two ends"
        help="An endpoint by name, label or address, or any address outside. The answer comes from the engine that decides on the nodes. The search (⌘K) takes the same question: frontend -> database:5432."
        action={
          <Link className="btn" href="/matrix">
            <Icon name="matrix" />
            All pairs at once
          </Link>
        }
      />
      {surprises.length > 0 && (
        <Questions title="Not as predicted" more="the lab’s packets met something else">
          {surprises.map((cell) => (
            <Surprise key={hrefOf(questionOf(cell))} cell={cell} />
          ))}
        </Questions>
      )}
      {denied.length > 0 && (
        <Questions title="Denied now" more="one question for each target of the lab’s probes">
          {denied.map(({ destination, protocol, port, sources, why }) => (
            <Row
              key={`${destination} ${protocol} ${port} ${why}`}
              question={{ source: sources[0] ?? "", destination, protocol, port: `${port ?? ""}` }}
            >
              <span className="muted">{why}</span>
            </Row>
          ))}
        </Questions>
      )}
      {last.length > 0 && (
        <Questions title="Asked lately" more="in this browser, answered now">
          {last.map((question) => (
            <Asked key={hrefOf(question)} question={question} />
          ))}
        </Questions>
      )}
    </>
  );
}

function Questions(props: { readonly title: string; readonly more: string; readonly children: React.ReactNode }) {
  return (
    <section className="reach-start" aria-label={props.title}>
      <h2 className="h2">
        {props.title} <span className="muted">{props.more}</span>
      </h2>
      <ul>{props.children}</ul>
    </section>
  );
}

function Asked({ question }: { readonly question: ReachQuestion }) {
  const { verdict, problem } = useTrace(question);
  return (
    <Row question={question}>
      {verdict === undefined ? (
        <span className="muted">{problem ?? "…"}</span>
      ) : (
        <Verdict action={verdict} word={verdict === "Allow" ? "Allowed" : "Denied"} />
      )}
    </Row>
  );
}

function Surprise({ cell }: { readonly cell: Cell }) {
  return (
    <Row question={questionOf(cell)}>
      <span className="warn">{cellWords(cell)}</span>
    </Row>
  );
}

function Row({ question, children }: { readonly question: ReachQuestion; readonly children: React.ReactNode }) {
  return (
    <li>
      <Link href={hrefOf(question)}>
        <span className="ell">
          <NameOf text={question.source} /> → <NameOf text={question.destination} />
        </span>
        <span className="muted nowrap">
          {question.protocol} {question.port}
        </span>
        <span className="right nowrap">{children}</span>
      </Link>
    </li>
  );
}
