import type { HealthHistoryView, SpellView } from "@percale/api";
import type { SessionCounts } from "@percale/bgp/standing";
import type { Condition } from "@percale/protocol";
import { condition, PATIENCE } from "@percale/protocol/shown";
import type { BeatMark } from "../../../live/heard.ts";
import { pathOf } from "../../../words/kinds.ts";
import { counted, formatBig, formatCount, formatShare } from "../../../words/number.ts";
import { PRESENT, type Tense } from "../../../words/tense.ts";
import { formatAge } from "../../../words/time.ts";
import type { PoolRow } from "../ippools/view.ts";
import { briefTitle, isCurrent, type NodeRow, type Severity } from "../nodes/view.ts";

export interface FoundCondition extends Condition {
  readonly source: string;
  readonly nodes?: readonly string[];
}

/** The state of everything that is watched, in one sentence, and how well it is heard. What is over its threshold is not well, though no condition holds. */
export function healthVerdict(
  {
    conditions,
    rows,
    marks,
    near = [],
  }: {
    readonly conditions: readonly FoundCondition[];
    readonly rows: readonly NodeRow[];
    readonly marks: readonly BeatMark[];
    readonly near?: readonly Near[];
  },
  { say, verb, isPast }: Tense = PRESENT,
): { readonly severity: Severity; readonly text: string; readonly rest: string } {
  const count = (severity: Condition["severity"]) => conditions.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const unheard = rows.filter(({ report }) => report.hearing === "unknown").length;
  const over = near.find(({ share }) => share >= 1);
  const worst: Severity =
    errors > 0
      ? "critical"
      : warnings > 0
        ? "warning"
        : unheard > 0
          ? "unknown"
          : over !== undefined
            ? "warning"
            : rows.length === 0
              ? "info"
              : "ok";
  const found = [
    errors > 0 ? counted(errors, "critical condition") : "",
    warnings > 0 ? counted(warnings, "warning") : "",
  ].filter((each) => each !== "");
  const needs = errors + warnings === 1 ? verb("needs", "needed") : verb("need", "needed");
  const silent = `${unheard} of ${counted(rows.length, "node")} ${unheard === 1 ? verb("is", "was") : verb("are", "were")} not heard`;
  const slow = over && `No condition ${verb("holds", "held")}, but one measure ${verb("is", "was")} over its threshold`;
  const none = rows.length === 0 ? `No node ${verb("has", "had")} joined yet` : `All ${verb("is", "was")} well`;
  const quiet = unheard > 0 ? silent : (slow ?? none);
  return {
    severity: isPast ? "unknown" : worst,
    text: say(found.length > 0 ? `${found.join(" and ")} ${needs} attention` : quiet),
    rest: isPast ? "" : heardSentence(marks.at(-1), unheard),
  };
}

function heardSentence(mark: BeatMark | undefined, unheard: number): string {
  if (mark === undefined) return "";
  if (unheard > 0) return "A node is heard through its agent: one has not joined there, or nothing came from it yet.";
  const oldest = Math.max(mark.storeMs, mark.agents?.toMs ?? 0);
  const seconds = Math.ceil(oldest / 1_000);
  return oldest < PATIENCE.heardMs
    ? `Everything that is watched was heard within the last ${seconds > 1 ? `${seconds} seconds` : "second"}.`
    : `Not everything that is watched is heard: the longest silence is ${formatAge(-oldest, 0)}.`;
}

/** Something that is asked again and again whether it is there. */
export interface Watched {
  readonly title: string;
  readonly href?: string;
  readonly count: string;
  readonly severity: Severity;
  readonly text: string;
  /** How long ago it was heard at each of the last beats, in milliseconds; empty where it is heard through another. */
  readonly ages: readonly number[];
  /** "0.1–0.4 s". */
  readonly heard: string;
}

export function watched(
  {
    rows,
    sessions,
    marks,
  }: {
    readonly rows: readonly NodeRow[];
    readonly sessions: SessionCounts | undefined;
    readonly marks: readonly BeatMark[];
  },
  { verb }: Tense = PRESENT,
): readonly Watched[] {
  const newest = marks.at(-1);
  const worst = rows.find((row) => row.severity !== "ok");
  const birds = rows.filter(({ report }) => report.status?.bird.state === "Ready").length;
  const isUp = sessions === undefined || sessions.established === sessions.total;
  return [
    {
      title: "Agents",
      href: "/nodes",
      count: formatCount(rows.length),
      severity: rows.length === 0 ? "unknown" : (worst?.severity ?? "ok"),
      text:
        rows.length === 0
          ? "none has joined"
          : worst === undefined
            ? verb("all current", "all were current")
            : `${worst.name}: ${briefTitle(worst)}`,
      ages: marks.flatMap(({ agents }) => (agents === undefined ? [] : [agents.toMs])),
      heard: newest?.agents === undefined ? "–" : rangeText(newest.agents),
    },
    {
      title: "BIRD",
      href: "/bgp",
      count: formatCount(birds),
      severity: birds < rows.filter(isCurrent).length || !isUp ? "warning" : birds === 0 ? "unknown" : "ok",
      text: sessions === undefined ? "" : `${sessions.established} of ${counted(sessions.total, "session")}`,
      ages: [],
      heard: "with its agent",
    },
    {
      title: "API server",
      count: "1",
      severity: newest === undefined ? "unknown" : "ok",
      text: verb("answers this page", "answered this page"),
      ages: marks.slice(1).map(({ serverMs }) => serverMs),
      heard: newest === undefined ? "–" : "each second",
    },
    {
      title: "Database",
      count: "1",
      severity: newest === undefined ? "unknown" : newest.storeMs < PATIENCE.heardMs ? "ok" : "critical",
      text:
        newest === undefined || newest.storeMs < PATIENCE.heardMs
          ? verb("answers", "answered")
          : verb("does not answer", "did not answer"),
      ages: marks.map(({ storeMs }) => storeMs),
      heard: newest === undefined ? "–" : secondsText(newest.storeMs),
    },
  ];
}

function rangeText({ fromMs, toMs }: NonNullable<BeatMark["agents"]>): string {
  const [from, to] = [secondsText(fromMs), secondsText(toMs)];
  return from === to ? to : `${from.replace(" s", "")}–${to}`;
}

/** One digit behind the point up to ten seconds. */
function secondsText(ms: number): string {
  return ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : formatAge(-ms, 0);
}

/** What would fire next, were it to go on. */
export interface Near {
  readonly title: string;
  readonly href?: string;
  readonly note: string;
  /** Of the threshold, 0 to 1. */
  readonly share: number;
  readonly text: string;
}

const SLOW_MS = 100;
const MOST_POOLS = 2;

/** The nearest to its threshold first. */
export function nearest({
  pools,
  rows,
  marks,
}: {
  readonly pools: readonly PoolRow[];
  readonly rows: readonly NodeRow[];
  readonly marks: readonly BeatMark[];
}): readonly Near[] {
  const fullest = pools
    .filter(({ size }) => size > 0n)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, MOST_POOLS)
    .map((pool) => ({
      title: `Pool ${pool.name}`,
      href: `/ippools?focus=${pool.name}`,
      note: `${pool.cidr}, ${formatBig(pool.free)} addresses free`,
      share: pool.share,
      text: `${formatShare(pool.used, Number(pool.size))} in use`,
    }));
  const slowest = rows
    .flatMap(({ name, report: { status } }) => (status === undefined ? [] : [{ name, ms: status.applyMs.p99 }]))
    .sort((a, b) => b.ms - a.ms)[0];
  const latest = Math.max(...marks.map(({ agents }) => agents?.toMs ?? 0), 0);
  const quietest = Math.max(...marks.map(({ storeMs }) => storeMs), 0);
  const near: readonly Near[] = [
    ...fullest,
    ...(slowest === undefined
      ? []
      : [
          {
            title: "From a change to the kernel",
            href: `/nodes/${slowest.name}`,
            note: `99 of 100 changes; the slowest node is ${slowest.name}`,
            share: slowest.ms / SLOW_MS,
            text: `${slowest.ms.toFixed(slowest.ms < 10 ? 1 : 0)} of ${SLOW_MS} ms`,
          },
        ]),
    ...(marks.every(({ agents }) => agents === undefined) || rows.length === 0
      ? []
      : [{ ...silence("Longest silence of an agent", latest), href: "/nodes" }]),
    ...(marks.length === 0 ? [] : [silence("Longest silence of the database", quietest)]),
  ];
  return near.map((one) => ({ ...one, share: Math.min(1, one.share) })).sort((a, b) => b.share - a.share);
}

function silence(title: string, ms: number): Near {
  const limit = PATIENCE.heardMs / 1_000;
  const note = `over the last beats; late from ${limit} s, lost from ${PATIENCE.lostMs / 1_000} s`;
  return { title, note, share: ms / PATIENCE.heardMs, text: `${(ms / 1_000).toFixed(1)} of ${limit} s` };
}

/** One condition over the last day. */
export interface Lane {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly holds: boolean;
  /** Where it held, each from and to as shares of the day. */
  readonly spells: readonly { readonly from: number; readonly to: number; readonly words: string }[];
}

const DAY_MS = 24 * 3_600_000;
const SEVERITIES: Readonly<Record<Condition["severity"], Severity>> = {
  error: "critical",
  warning: "warning",
  info: "info",
};

/** What holds first, then what was over last. */
export function lanes({ at, spells }: HealthHistoryView): readonly Lane[] {
  const now = Date.parse(at);
  const shareOf = (time: string): number => Math.min(1, Math.max(0, 1 - (now - Date.parse(time)) / DAY_MS));
  const byCondition = Map.groupBy(spells, ({ source, code, title }) => `${source} ${code} ${title}`);
  return [...byCondition]
    .map(([id, held]) => ({
      id,
      title: laneTitle(held[0]!),
      severity: SEVERITIES[held[0]!.severity],
      holds: held.some(({ until }) => until === undefined),
      end: Math.max(...held.map(({ until }) => (until === undefined ? now : Date.parse(until)))),
      spells: held.map(({ since, until }) => ({
        from: shareOf(since),
        to: until === undefined ? 1 : shareOf(until),
        words: `for ${formatAge(Date.parse(since), until === undefined ? now : Date.parse(until))}`,
      })),
    }))
    .sort((a, b) => Number(b.holds) - Number(a.holds) || b.end - a.end || a.id.localeCompare(b.id))
    .map(({ id, title, severity, holds, spells: held }) => ({ id, title, severity, holds, spells: held }));
}

function laneTitle({ title, source }: SpellView): string {
  return source === "api" || title.includes(source) ? title : `${title} on ${source}`;
}

/** Where one can do something about it. */
export function placeOf(
  { code, ref, source }: FoundCondition,
  isNode: (name: string) => boolean,
): { readonly href: string; readonly text: string } | undefined {
  if (code === condition.BgpSessionDown.code) return { href: "/bgp", text: "Open sessions" };
  if (ref !== undefined) return { href: pathOf(ref), text: `Open ${ref.name}` };
  return isNode(source) ? { href: `/nodes/${source}`, text: `Open ${source}` } : undefined;
}
