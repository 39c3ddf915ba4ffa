import type { Condition } from "@percale/protocol";
import { DataplaneRefused, NftBatchRefused } from "@percale/protocol/shown";
import { formatRef, type ObjectRef } from "@percale/resources/catalog";
import { compareNames, heardWords, type NodeReport } from "../app/(main)/nodes/view.ts";
import { counted } from "../words/number.ts";

/** What a node has made of a revision, and of the object that it is about. */
export interface NodeProgram {
  readonly node: string;
  readonly state: "programmed" | "waiting" | "refused" | "unheard";
  /** Why it is not in force there: "3 revisions behind", the kernel's words, "heard 8 s ago". */
  readonly why: string;
}

/** Cheap to ask for every card of a board: nodes are told one by one only to who shows them. */
export interface ProgrammedOn {
  readonly done: number;
  readonly total: number;
  /** Of the node that is farthest from it. */
  readonly worst: NodeProgram["state"];
  /** All that there are, those that are behind first. */
  readonly nodes: readonly NodeProgram[];
  /** So many of those that are behind, as they come. */
  readonly behind: (limit: number) => readonly NodeProgram[];
}

interface Asked {
  readonly revision: number;
  /** What was changed: a node that refuses it alone is behind, whatever else it holds. */
  readonly ref?: ObjectRef;
}

const RANK: Readonly<Record<NodeProgram["state"], number>> = { refused: 0, unheard: 1, waiting: 2, programmed: 3 };

/** On which nodes a revision is in the kernel. Every revision reaches every node, also where the object selects nobody. */
export function programmedOn(asked: Asked, reports: readonly NodeReport[]): ProgrammedOn {
  const name = asked.ref && formatRef(asked.ref);
  const stateOf = (report: NodeReport) => stateIn(asked.revision, name, report);
  let done = 0;
  let worst: NodeProgram["state"] = "programmed";
  for (const report of reports) {
    const state = stateOf(report);
    if (state === "programmed") done++;
    if (RANK[state] < RANK[worst]) worst = state;
  }
  const programOf = (report: NodeReport): NodeProgram => {
    const state = stateOf(report);
    return { node: report.name, state, why: whyOf(state, asked.revision, name, report) };
  };
  return {
    done,
    total: reports.length,
    worst,
    get nodes() {
      return reports.map(programOf).sort((a, b) => RANK[a.state] - RANK[b.state] || compareNames(a.node, b.node));
    },
    behind: (limit) => {
      const behind = reports.values().filter((report) => stateOf(report) !== "programmed");
      return behind.take(limit).map(programOf).toArray();
    },
  };
}

function stateIn(revision: number, name: string | undefined, report: NodeReport): NodeProgram["state"] {
  const { status, hearing } = report;
  if (status === undefined || hearing !== "heard") return "unheard";
  if (refusalOf(revision, name, status) !== undefined) return "refused";
  return status.programmedRevision < revision ? "waiting" : "programmed";
}

function whyOf(state: NodeProgram["state"], revision: number, name: string | undefined, report: NodeReport): string {
  const { status } = report;
  if (status === undefined) return "has no agent yet";
  switch (state) {
    case "unheard":
      return heardWords(report);
    case "refused": {
      const { title = "", detail = "" } = refusalOf(revision, name, status) ?? {};
      return detail === "" ? title : detail;
    }
    case "waiting":
      return `${counted(revision - status.programmedRevision, "revision")} behind`;
    case "programmed":
      return "";
  }
}

function refusalOf(
  revision: number,
  name: string | undefined,
  { conditions, programmedRevision }: NonNullable<NodeReport["status"]>,
): Condition | undefined {
  const isBehind = programmedRevision < revision;
  return conditions.find((one) => isAbout(one, name) || (isBehind && BATCH_REFUSED.has(one.code)));
}

/** Whatever comes next waits behind what the kernel refuses. */
const BATCH_REFUSED: ReadonlySet<string> = new Set([DataplaneRefused.code, NftBatchRefused.code]);

function isAbout({ ref, severity }: Condition, name: string | undefined): boolean {
  return ref !== undefined && name !== undefined && severity !== "info" && formatRef(ref) === name;
}

/** "Programmed on 2 of 3 nodes", "Not programmed on 1 of 3". */
export function programmedWords({ done, total }: Pick<ProgrammedOn, "done" | "total">): string {
  return done === total
    ? `Programmed on ${total === 1 ? "the only node" : `all ${total} nodes`}`
    : `Not programmed on ${total - done} of ${total}`;
}
