import type { Condition } from "@percale/protocol";
import { DataplaneRefused, NftBatchRefused } from "@percale/protocol/shown";
import { formatRef, type ObjectRef } from "@percale/resources/catalog";
import { heardWords, type NodeReport } from "../app/(main)/nodes/view.ts";
import { counted } from "../words/number.ts";

/** What a node has made of a revision, and of the object that it is about. */
export interface NodeProgram {
  readonly node: string;
  readonly state: "programmed" | "waiting" | "refused" | "unheard";
  /** Why it is not in force there: "3 revisions behind", the kernel's words, "heard 8 s ago". */
  readonly why: string;
}

export interface ProgrammedOn {
  readonly done: number;
  /** All that there are, those that are behind first. */
  readonly nodes: readonly NodeProgram[];
}

interface Asked {
  readonly revision: number;
  /** What was changed: a node that refuses it alone is behind, whatever else it holds. */
  readonly ref?: ObjectRef;
}

const RANK: Readonly<Record<NodeProgram["state"], number>> = { refused: 0, unheard: 1, waiting: 2, programmed: 3 };

/** On which nodes a revision is in the kernel. Every revision reaches every node, also where the object selects nobody. */
export function programmedOn(asked: Asked, reports: readonly NodeReport[]): ProgrammedOn {
  const nodes = reports
    .map((report) => programOf(asked, report))
    .sort((a, b) => RANK[a.state] - RANK[b.state] || a.node.localeCompare(b.node, "en", { numeric: true }));
  return { done: nodes.filter(({ state }) => state === "programmed").length, nodes };
}

function programOf({ revision, ref }: Asked, report: NodeReport): NodeProgram {
  const { name: node, status, hearing } = report;
  if (status === undefined) return { node, state: "unheard", why: "has no agent yet" };
  if (hearing !== "heard") return { node, state: "unheard", why: heardWords(report) };
  const behind = revision - status.programmedRevision;
  const refusal = status.conditions.find((one) => isAbout(one, ref) || (behind > 0 && BATCH_REFUSED.has(one.code)));
  if (refusal !== undefined)
    return { node, state: "refused", why: refusal.detail === "" ? refusal.title : refusal.detail };
  if (behind > 0) return { node, state: "waiting", why: `${counted(behind, "revision")} behind` };
  return { node, state: "programmed", why: "" };
}

/** Whatever comes next waits behind what the kernel refuses. */
const BATCH_REFUSED: ReadonlySet<string> = new Set([DataplaneRefused.code, NftBatchRefused.code]);

function isAbout({ ref, severity }: Condition, asked: ObjectRef | undefined): boolean {
  return ref !== undefined && asked !== undefined && severity !== "info" && formatRef(ref) === formatRef(asked);
}

/** "Programmed on 2 of 3 nodes", "Not programmed on 1 of 3". */
export function programmedWords({ done, nodes }: ProgrammedOn): string {
  const total = nodes.length;
  return done === total
    ? `Programmed on ${total === 1 ? "the only node" : `all ${total} nodes`}`
    : `Not programmed on ${total - done} of ${total}`;
}
