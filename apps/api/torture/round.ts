import { setTimeout as delay } from "node:timers/promises";
import { seeded } from "@percale/testkit";
import { COLOURS, listWith, networkSet, PATH, runClient, seen } from "./clients.ts";
import type { Deeds, KubeSet } from "./clients.ts";
import { FAULTS } from "./faults.ts";
import type { Victims } from "./faults.ts";
import { Client } from "./http.ts";
import { listsAreTrue, objectsAreLinear, setsAreWhole, settle, watchesAreTrue, writesAreKept } from "./laws.ts";
import type { Listed, Watched } from "./laws.ts";
import type { Log } from "./log.ts";
import type { Operation } from "./register.ts";
import type { Selection } from "./truth.ts";
import { Watcher } from "./watchers.ts";

const CLIENTS = 10;
const NAMES = 8;
const WATCHED: readonly Selection[] = [undefined, undefined, "red", "red", "blue", "blue"];
const RESUMED = 6;
const EXACT_LISTS = 6;
const COMPACT_MS = 3_000;
/** Against hanging alone: a busy machine is no fault. */
const DEADLINE_MS = 120_000;

export interface RoundOptions {
  readonly seed: number;
  readonly round: number;
  readonly ms: number;
  readonly victims: Victims;
  readonly log: Log;
  /** Takes the beginning of the log away, which has been read. */
  readonly compact: () => Promise<void>;
  /** The first revision that a server may still know. */
  readonly oldest: () => Promise<number>;
  readonly onFault: (name: string) => void;
}

export interface Report {
  readonly operations: number;
  readonly unanswered: number;
  readonly events: number;
  readonly late: number;
  readonly faults: Readonly<Record<string, number>>;
  /** What did not hold. */
  readonly broken: readonly string[];
  /** What each client did to each object, and was told. */
  readonly history: ReadonlyMap<string, readonly Operation[]>;
}

/** Clients, watchers and faults for a while; then quiet, and all that was seen is compared with what the log says. */
export async function runRound(options: RoundOptions): Promise<Report> {
  const { seed, round, ms, victims, log } = options;
  const { fleet } = victims;
  let streams = 0;
  const newRandom = (): (() => number) => seeded(seed * 1_000_003 + round * 1_009 + streams++);
  let values = 0;
  const newValue = (): string => `r${round}v${values++}`;
  const names = Array.from({ length: NAMES }, (_, i) => `r${round}-${i}`);
  const deeds: Deeds = { operations: new Map(names.map((name) => [name, []])), pairs: new Set(), lists: [] };

  const watching = new AbortController();
  const watchers = WATCHED.map(
    (selection, i) => new Watcher({ name: `watcher ${i} of round ${round}`, selection, fleet, random: newRandom() }),
  );
  const watches = watchers.map((watcher) => watcher.run(watching.signal));

  const signal = AbortSignal.timeout(ms);
  const faults: Record<string, number> = {};
  await Promise.all([
    ...Array.from({ length: CLIENTS }, () => runClient({ fleet, random: newRandom(), names, newValue, deeds, signal })),
    inflict(options, newRandom(), faults, signal),
    compacting(options, signal),
  ]);

  await calm(log);
  const last = await flush(options, newValue);
  const head = Math.max(...last.values());
  const lastOf = ({ selection }: Watcher): number => (selection === undefined ? head : last.get(selection)!);
  await until(() => watchers.every((one) => one.told >= lastOf(one)), `the watches of round ${round} know all of it`);
  watching.abort();
  await Promise.all(watches);
  const again = await resume(options, newRandom(), lastOf);
  const exact = await exactLists(options, newRandom(), head);
  await calm(log);

  const revisionOf = new Map(log.facts.map(({ value, revision }) => [value, revision]));
  const operations = new Map([...deeds.operations].map(([name, history]) => [name, settle(history, revisionOf)]));
  const watched = [...watchers.flatMap((watcher) => watcher.watched), ...again.watched];
  const all = [...deeds.operations.values()].flat();
  return {
    operations: all.length,
    unanswered: all.filter(({ told }) => told.outcome === "maybe").length,
    events: watched.reduce((sum, { events }) => sum + events.length, 0),
    late: watchers.reduce((sum, { refused }) => sum + refused, 0),
    faults,
    history: operations,
    broken: [
      ...log.holes,
      ...writesAreKept(log.facts, operations),
      ...objectsAreLinear(operations),
      ...setsAreWhole(log.facts, deeds.pairs),
      ...watchesAreTrue(log.facts, watched),
      ...listsAreTrue(log.facts, [...deeds.lists, ...exact]),
      ...again.broken,
    ],
  };
}

async function inflict(
  { victims, onFault }: RoundOptions,
  random: () => number,
  count: Record<string, number>,
  signal: AbortSignal,
): Promise<void> {
  const possible = FAULTS.filter(({ needsDisk }) => needsDisk !== true || victims.disk !== undefined);
  while (!signal.aborted) {
    const { name, inflict: act } = possible[Math.floor(random() * possible.length)]!;
    onFault(name);
    count[name] = (count[name] ?? 0) + 1;
    await act(victims, random);
    await delay(500 + random() * 2_500);
  }
}

async function compacting({ log, compact }: RoundOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(COMPACT_MS);
    try {
      await log.read();
      await compact();
    } catch {
      // the database is down just now
    }
  }
}

/** Until the database answers again, and the log has been read to its end. */
async function calm(log: Log): Promise<void> {
  await until(
    () =>
      log.read().then(
        () => true,
        () => false,
      ),
    "the database answers",
  );
}

/** Removes all that the round made, and gives every selection something to hear of last: at which revision, by colour. */
async function flush(
  { victims: { fleet } }: RoundOptions,
  newValue: () => string,
): Promise<ReadonlyMap<string, number>> {
  const client = new Client();
  const last = new Map<string, number>();
  const removal = { method: "DELETE", path: PATH };
  await until(async () => (await client.call(await fleet.door(0), removal))?.code === 200, "all is deleted");
  for (const colour of COLOURS)
    await until(async () => {
      const value = newValue();
      const object = networkSet(`last-${value}`, value, colour);
      const answer = await client.call(await fleet.door(0), { method: "POST", path: PATH, body: object });
      if (answer?.code === 201) last.set(colour, seen(answer.body as KubeSet).version);
      return last.has(colour);
    }, `a ${colour} object is written`);
  client.close();
  return last;
}

/**
 * From any revision that is still known a watch goes on without a hole. From one that is gone from the log it does so too where a server
 * remembers it, else it is told so.
 */
async function resume(
  { victims: { fleet }, oldest }: RoundOptions,
  random: () => number,
  lastOf: (watcher: Watcher) => number,
): Promise<{ readonly watched: readonly Watched[]; readonly broken: readonly string[] }> {
  const first = await oldest();
  const stop = new AbortController();
  const resumed = Array.from({ length: RESUMED }, (_, i) => {
    const selection = WATCHED[i % WATCHED.length];
    const watcher = new Watcher({ name: `resumed watch ${i}`, selection, fleet, random });
    const from = i === 0 ? 1 : first + Math.floor(random() * (lastOf(watcher) - first));
    return { watcher, from, running: watcher.run(stop.signal, from) };
  });
  await until(() => resumed.every(({ watcher }) => watcher.told >= lastOf(watcher)), "resumed watches know all of it");
  stop.abort();
  await Promise.all(resumed.map(({ running }) => running));
  return {
    watched: resumed.flatMap(({ watcher }) => watcher.watched),
    broken: resumed
      .filter(({ watcher, from }) => watcher.refused > 0 && from >= first)
      .map(({ from }) => `a watch from ${from} was told that it is too late, though ${first} is known`),
  };
}

async function exactLists(
  { victims: { fleet }, oldest }: RoundOptions,
  random: () => number,
  head: number,
): Promise<readonly Listed[]> {
  const client = new Client();
  const first = await oldest();
  const lists: Listed[] = [];
  for (let i = 0; i < EXACT_LISTS; i++) {
    const revision = i < fleet.size ? head : first + Math.floor(random() * (head - first));
    const listed = await listWith(client, await fleet.door(i % fleet.size), { selection: WATCHED[i], revision });
    if (listed !== undefined) lists.push(listed);
  }
  client.close();
  return lists;
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(50);
  }
}
