"use client";
import { kindsWhere, type KubeObject, type ObjectRef, refOf } from "@percale/resources/catalog";
import Link from "next/link";
import { createContext, type ReactNode, useCallback, useContext } from "react";
import type { NodeReport } from "../app/(main)/nodes/view.ts";
import { usePresence } from "../live/presence.ts";
import { useNodes } from "../live/queries.ts";
import { type NodeProgram, type ProgrammedOn, programmedOn, programmedWords } from "../policy/programmed.ts";
import { counted } from "../words/number.ts";
import { Icon } from "./icon.tsx";
import { Popover } from "./popover.tsx";
import { type Severity, SeverityMark } from "./severity.tsx";
import "../styles/programmed.css";

/** What is stored, by name and version. */
interface Stored {
  readonly ref: ObjectRef;
  readonly resourceVersion?: string;
}

/** On which nodes it is in the kernel; undefined where nobody knows. */
type Ask = (stored: Stored) => ProgrammedOn | undefined;

function useAsk(): Ask {
  const reports = useNodes().data?.reports ?? NONE;
  return useCallback(
    ({ ref, resourceVersion = "" }) => {
      const revision = Number.parseInt(resourceVersion);
      return reports.length === 0 || Number.isNaN(revision) ? undefined : programmedOn({ revision, ref }, reports);
    },
    [reports],
  );
}

/** The same of one object. */
export function useProgrammedOn(object: KubeObject): ProgrammedOn | undefined {
  const { resourceVersion } = object.metadata;
  return useAsk()({ ref: refOf(object), ...(resourceVersion !== undefined && { resourceVersion }) });
}

/** Whether agents of all nodes bring objects of the kind into their kernels. */
export function isProgrammed(kind: string): boolean {
  return PROGRAMMED.has(kind);
}

const PROGRAMMED: ReadonlySet<string> = new Set(
  kindsWhere(({ traits: { readBy, node } }) => readBy?.includes("graph") === true && node === undefined),
);
const NONE: readonly NodeReport[] = [];
const AskContext = createContext<Ask>(() => undefined);

/** Around rows and cards of objects: reports are gathered once for all of them. */
export function ProgrammedRows({ children }: { readonly children: ReactNode }) {
  const ask = useAsk();
  return <AskContext value={ask}>{children}</AskContext>;
}

/** "Programmed on 2 of 3 nodes", counting up as agents report that the revision is in their kernels. */
export function ProgrammedRevision({ revision }: { readonly revision: number }) {
  const { data, error } = useNodes();
  if (error !== null) return <span className="muted">On how many nodes it is programmed is not known</span>;
  if (data === undefined || data.reports.length === 0) return null;
  const { done, total } = programmedOn({ revision }, data.reports);
  return (
    <span className={done < total ? "muted" : "allow"}>
      Programmed on {done} of {counted(total, "node")}
    </span>
  );
}

/** The same of a stored object, with the nodes that are behind, and why, on a click. */
export function Programmed({ of: object }: { readonly of: KubeObject }) {
  const on = useProgrammedOn(object);
  const isPast = usePresence().s === "past";
  if (on === undefined) return null;
  const words = programmedWords(on);
  return (
    <Popover
      className="programmed"
      label={words}
      buttonClass={`badge ${isPast ? "" : BADGES[on.worst]}`}
      button={
        <>
          <SeverityMark severity={isPast ? "unknown" : MARKS[on.worst]} />
          <span className="pw-long">{words}</span>
          <span className="pw-short">
            {on.done} of {counted(on.total, "node")}
          </span>
        </>
      }
    >
      {(close) => (
        <div className="programmed-on">
          <p className="muted sm">Revision {object.metadata.resourceVersion} in the kernel</p>
          <ProgrammedNodes on={on} onLeave={close} />
        </div>
      )}
    </Popover>
  );
}

/** Node by node, those that are behind first, each with why. */
export function ProgrammedNodes({ on, onLeave }: { readonly on: ProgrammedOn; readonly onLeave?: () => void }) {
  const isPast = usePresence().s === "past";
  return (
    <ul className="programmed-nodes">
      {on.nodes.map(({ node, state, why }) => (
        <li key={node}>
          <SeverityMark severity={isPast ? "unknown" : MARKS[state]} />
          <Link className="mono" href={`/nodes/${node}`} onClick={() => onLeave?.()}>
            {node}
          </Link>
          <span className={state === "refused" ? "deny" : "muted"}>{state === "programmed" ? "programmed" : why}</span>
        </li>
      ))}
    </ul>
  );
}

/** For a row: "2 / 3", and what is behind in its tooltip. */
export function ProgrammedShare({ of: stored }: { readonly of: Stored }) {
  const on = useContext(AskContext)(stored);
  if (on === undefined) return <>–</>;
  const { done, total } = on;
  return (
    <span title={done === total ? programmedWords(on) : behindWords(on)}>
      <b className={done < total ? TEXTS[on.worst] : "plain"}>{done}</b> / {total}
    </span>
  );
}

/** For a card: a badge where it is not everywhere, else what the card says of itself. */
export function BehindBadge({ of: stored, children }: { readonly of: Stored; readonly children: ReactNode }) {
  const on = useContext(AskContext)(stored);
  if (on === undefined || on.done === on.total) return children;
  return (
    <span className={`badge ${BADGES[on.worst]}`} title={behindWords(on)}>
      <Icon name={on.worst === "refused" ? "crit" : "warn"} />
      {on.done} of {counted(on.total, "node")}
    </span>
  );
}

/** More do not fit into a tooltip. */
const TOLD = 10;

function behindWords({ done, total, behind }: ProgrammedOn): string {
  const more = total - done - TOLD;
  const lines = behind(TOLD).map(({ node, why }) => `${node}: ${why}`);
  return [...lines, ...(more > 0 ? [`and ${counted(more, "node")} more`] : [])].join("\n");
}

const MARKS: Readonly<Record<NodeProgram["state"], Severity>> = {
  programmed: "ok",
  waiting: "warning",
  refused: "critical",
  unheard: "unknown",
};
const BADGES: Readonly<Record<NodeProgram["state"], string>> = {
  programmed: "",
  waiting: "b-warn",
  refused: "b-deny",
  unheard: "",
};
const TEXTS: Readonly<Record<NodeProgram["state"], string>> = {
  programmed: "plain",
  waiting: "warn",
  refused: "deny",
  unheard: "unk",
};
