import type { ProtectionView } from "@percale/api";
import type { SessionCounts } from "@percale/bgp/standing";
import type { Condition } from "@percale/protocol";
import { condition } from "@percale/protocol/shown";
import { counted, formatCount } from "../../words/number.ts";
import { PRESENT, type Tense } from "../../words/tense.ts";
import { formatAge } from "../../words/time.ts";
import type { NodeRow, Severity } from "./nodes/view.ts";

export interface Stat {
  readonly href: string;
  readonly title: string;
  /** Undefined while nobody can say. */
  readonly value: string | undefined;
  readonly of?: number;
  readonly tone: "ok" | "warning" | "critical";
  readonly text: string;
}

/** Of those that are open inwards: who has the last word, and how many let everything out. */
export function openWords({ ingress, egress }: Pick<ProtectionView, "ingress" | "egress">): string {
  if (egress.open > 0) return `${formatCount(egress.open)} open outwards`;
  return ingress.byProfile === 0 ? "none by profile" : `${formatCount(ingress.byProfile)} by profile`;
}

/** What a sentence is about, where it is explained, and what is said of it. */
export interface Cause {
  readonly subject: string;
  readonly href: string;
  readonly rest: string;
}

export interface Verdict {
  readonly severity: Severity;
  readonly text: string;
  readonly causes: readonly Cause[];
}

interface Facts {
  readonly rows: readonly NodeRow[];
  /** Undefined while nobody can say. */
  readonly sessions: SessionCounts | undefined;
  readonly conditions: readonly (Pick<Condition, "code" | "severity" | "title" | "since"> & {
    readonly source: string;
  })[];
  /** Probed pairs where kernel and evaluator disagree. */
  readonly differing: number;
  readonly loaded: boolean;
  readonly nowMs: number;
  readonly tense?: Tense;
}

type Finding = Pick<Verdict, "severity" | "text" | "causes">;

/** The state of the network in one sentence, the worst thing first; what it is about, and the other things, behind it. */
export function overviewVerdict(facts: Facts): Verdict {
  const { rows, sessions, loaded, tense = PRESENT } = facts;
  if (!loaded) return { severity: "unknown", text: "Looking at the network", causes: [] };
  if (rows.length === 0) return { severity: "info", text: "No node has joined yet", causes: [] };
  const words = wordsIn(tense);
  const findings = [
    behind(facts, words),
    lost(facts, words),
    reported(facts, "error"),
    differing(facts, words),
    silent(facts, words),
    disconnected(facts, words),
    reported(facts, "warning"),
  ].filter((finding) => finding !== undefined);
  const [first] = findings;
  if (first !== undefined)
    return {
      severity: tense.isPast ? "unknown" : first.severity,
      text: tense.say(first.text),
      causes: findings.flatMap(({ causes }) => causes),
    };
  const unknown = rows.filter(({ report }) => report.hearing === "unknown");
  if (unknown.length > 0)
    return { severity: "unknown", text: `${some(unknown, "agent")} ${words.are(unknown)} not heard yet`, causes: [] };
  const who = rows.length === 1 ? rows[0]!.name : `All ${rows.length} nodes`;
  return {
    severity: tense.isPast ? "unknown" : "ok",
    text: tense.say(`${who} ${words.verb(rows, "enforces", "enforce", "enforced")} the newest policy`),
    causes: sessions === undefined || sessions.total === 0 ? [] : [sessionsCause(sessions.total, "established", words)],
  };
}

interface Words {
  /** Of one, of several, and of either in the past. */
  readonly verb: (of: readonly unknown[], one: string, many: string, then: string) => string;
  readonly are: (of: readonly unknown[]) => string;
}

function wordsIn(tense: Tense): Words {
  const verb: Words["verb"] = (of, one, many, then) => tense.verb(of.length === 1 ? one : many, then);
  return { verb, are: (of) => verb(of, "is", "are", of.length === 1 ? "was" : "were") };
}

/** One by its name, several by their number. */
function some(rows: readonly NodeRow[], noun: string): string {
  return rows.length === 1 ? rows[0]!.name : counted(rows.length, noun);
}

const MOST_NAMED = 3;

/** The first by name, with what is said of each, then how many more. */
function named(rows: readonly NodeRow[], restOf: (row: NodeRow) => string): readonly Cause[] {
  const first = rows
    .slice(0, MOST_NAMED)
    .map((row) => ({ subject: row.name, href: `/nodes/${row.name}`, rest: restOf(row) }));
  const more = rows.length - MOST_NAMED;
  return more > 0 ? [...first, { subject: `${more} more`, href: "/nodes", rest: "" }] : first;
}

function behind({ rows }: Facts, { are, verb }: Words): Finding | undefined {
  const late = rows.filter((row) => row.behind > 0);
  if (late.length === 0) return undefined;
  return {
    severity: "critical",
    text: `${some(late, "node")} ${verb(late, "does", "do", "did")} not enforce the newest policy`,
    causes: named(late, (row) => `${are([row])} ${counted(row.behind, "revision")} behind`),
  };
}

function lost({ rows }: Facts, { are, verb }: Words): Finding | undefined {
  const gone = rows.filter(({ report }) => report.hearing === "lost" || report.status === undefined);
  if (gone.length === 0) return undefined;
  return {
    severity: "critical",
    text: gone.every(({ report }) => report.status === undefined)
      ? `${some(gone, "node")} ${verb(gone, "has", "have", "had")} no agent`
      : `${some(gone, "agent")} ${are(gone)} no longer heard`,
    causes: named(gone, ({ report }) =>
      report.silent === undefined
        ? `${verb([report], "has", "have", "had")} no agent`
        : `was heard ${report.silent} ago`,
    ),
  };
}

function silent({ rows }: Facts, { are }: Words): Finding | undefined {
  const late = rows.filter(({ report }) => report.hearing === "late");
  if (late.length === 0) return undefined;
  const [only] = late;
  return {
    severity: "warning",
    text:
      late.length === 1
        ? `${only!.name} was heard ${only!.report.silent} ago`
        : `${late.length} agents ${are(late)} late`,
    causes: named(late, ({ report }) =>
      late.length === 1 ? "keeps enforcing what it has" : `was heard ${report.silent} ago`,
    ),
  };
}

/** What other findings say in better words. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set([condition.AgentSilent.code, condition.BgpSessionDown.code]);

function reported({ conditions, rows, nowMs }: Facts, severity: "error" | "warning"): Finding | undefined {
  const found = conditions.filter((one) => one.severity === severity && !SAID_ELSEWHERE.has(one.code));
  if (found.length === 0) return undefined;
  const nodes = new Set(rows.map(({ name }) => name));
  const on = ({ source }: Facts["conditions"][number]): string => (nodes.has(source) ? ` on ${source}` : "");
  const [only] = found;
  return {
    severity: severity === "error" ? "critical" : "warning",
    text: found.length === 1 ? `${only!.title}${on(only!)}` : `${found.length} ${severity}s are reported`,
    causes: found.slice(0, MOST_NAMED).map((one) => ({
      subject: one.title,
      href: nodes.has(one.source) ? `/health?node=${one.source}` : "/health",
      rest: `${on(one)} for ${formatAge(Date.parse(one.since), nowMs)}`.trim(),
    })),
  };
}

function differing({ differing: count }: Facts, { verb }: Words): Finding | undefined {
  if (count === 0) return undefined;
  const of = Array.from({ length: count });
  const rest = `${verb(of, "differs", "differ", "differed")} from the policy`;
  const subject = counted(count, "probed pair");
  return { severity: "critical", text: `${subject} ${rest}`, causes: [{ subject, href: "/matrix", rest }] };
}

function disconnected({ sessions }: Facts, words: Words): Finding | undefined {
  if (sessions === undefined || sessions.established === sessions.total) return undefined;
  const { total, established, connecting, unheard } = sessions;
  const cause = sessionsCause(total - established, "not established", words);
  return {
    // One that comes up, or that nobody hears, need not be broken.
    severity: connecting + unheard < total - established ? "critical" : "warning",
    text: `${cause.subject} ${cause.rest}`,
    causes: [cause],
  };
}

function sessionsCause(count: number, what: string, { are }: Words): Cause {
  return {
    subject: counted(count, "BGP session"),
    href: "/bgp",
    rest: `${are(Array.from({ length: count }))} ${what}`,
  };
}

/** One of the first steps of a new network: what it needs before policy is of use to anybody. */
export interface Step {
  readonly title: string;
  readonly isDone: boolean;
}

/** In the order in which they build on each other; empty once all are done. */
export function firstSteps(has: {
  readonly nodes: number;
  readonly pools: number;
  readonly endpoints: number;
  readonly policies: number;
}): readonly Step[] {
  const steps = [
    { title: "A node has joined", isDone: has.nodes > 0 },
    { title: "An IP pool exists", isDone: has.pools > 0 },
    { title: "A workload is attached", isDone: has.endpoints > 0 },
    { title: "A first policy is in force", isDone: has.policies > 0 },
  ];
  return steps.every(({ isDone }) => isDone) ? [] : steps;
}
