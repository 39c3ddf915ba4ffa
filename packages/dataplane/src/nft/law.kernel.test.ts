import { createNetns, deleteNetns } from "@percale/kernel";
import { listRuleset, nft, readRuleset } from "@percale/testkit";
import type { Ruleset } from "@percale/testkit";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Driven } from "../policy/driven.ts";
import { NftDriver } from "./driver.ts";
import { difference, lawState, linksOf, NOTHING, PARTS, partly } from "./law.states.ts";
import type { LawState, Part } from "./law.states.ts";

const [lived, fresh] = [`pl-${process.pid}`, `pf-${process.pid}`];
let driven: Driven<NftDriver>;
let state: LawState;

beforeAll(() => {
  for (const netns of [lived, fresh]) createNetns(netns);
});

afterAll(() => {
  for (const netns of [lived, fresh]) deleteNetns(netns);
});

beforeEach(begin);

afterEach(() => driven.driver.close());

async function begin(): Promise<void> {
  driven?.driver.close();
  nft(lived, "flush", "ruleset");
  driven = await open(lived);
  state = NOTHING;
}

async function open(netns: string): Promise<Driven<NftDriver>> {
  const opened = new Driven((state) => new NftDriver({ state, netns, own: false }));
  await opened.driver.failClosed();
  return opened;
}

/** One thing that happens to a node's tables. */
type Step =
  | { readonly t: "edit"; readonly next: LawState; readonly kept: readonly Part[] }
  | { readonly t: "restart"; readonly next: LawState }
  /** Somebody else's deed, of those that the tables offer just then; found before or after the next edit. */
  | { readonly t: "deed"; readonly choice: number; readonly edit: LawState | undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ t: fc.constant("edit" as const), next: lawState, kept: fc.subarray([...PARTS]) }),
  },
  { weight: 1, arbitrary: fc.record({ t: fc.constant("restart" as const), next: lawState }) },
  {
    weight: 4,
    arbitrary: fc.record({
      t: fc.constant("deed" as const),
      choice: fc.nat(),
      edit: fc.option(lawState, { nil: undefined }),
    }),
  },
);

async function take(step: Step): Promise<void> {
  switch (step.t) {
    case "edit":
      await edit(partly(state, step.next, step.kept));
      return;
    case "restart":
      driven.driver.close();
      driven = await open(lived);
      state = NOTHING;
      await edit(step.next);
      return;
    case "deed": {
      const deeds = foreignDeeds();
      const deed = deeds[step.choice % deeds.length]!;
      nft(lived, ...deed);
      if (step.edit !== undefined) await edit(step.edit);
      await driven.driver.resync();
    }
  }
}

async function edit(next: LawState): Promise<void> {
  driven.update(...difference(state, next));
  driven.driver.follow(linksOf(next));
  await driven.driver.commit();
  state = next;
}

/** Commands that change what is there, one of each sort for each object. */
function foreignDeeds(): (readonly string[])[] {
  const deeds: string[][] = [["flush ruleset"]];
  for (const [kind, { family, table, name, chain, handle, comment, hook, elem }] of listRuleset(lived)) {
    const path = `${family} calico ${name}`;
    if (kind === "table") deeds.push([`add table ${family} ${name} { flags dormant; }`]);
    if (kind === "table") deeds.push([`add set ${family} ${name} stranger { type mark; }`]);
    if (kind === "table") deeds.push([`add element ${family} ${name} cali-workloads { 99 }`]);
    if (kind === "table") deeds.push([`delete table ${family} ${name}`], [`flush table ${family} ${name}`]);
    if (kind === "chain") deeds.push([`flush chain ${path}`], [`insert rule ${path} counter accept`]);
    if (kind === "chain" && hook !== undefined) deeds.push([`chain ${path} { policy drop; }`]);
    if (kind === "chain") deeds.push([`add chain ${family} calico stranger`]);
    if (kind === "rule") {
      const marked = comment === undefined ? "" : ` comment "${comment}"`;
      deeds.push([`replace rule ${family} ${table} ${chain} handle ${handle} counter accept${marked}`]);
    }
    if (kind === "rule") deeds.push([`delete rule ${family} ${table} ${chain} handle ${handle}`]);
    if ((kind === "set" || kind === "map") && elem !== undefined) deeds.push([`flush ${kind} ${path}`]);
  }
  return deeds;
}

/** What the state comes to where nothing was before. */
async function loaded(wanted: LawState): Promise<Ruleset> {
  nft(fresh, "flush", "ruleset");
  const loader = await open(fresh);
  loader.update(...difference(NOTHING, wanted));
  loader.driver.follow(linksOf(wanted));
  await loader.driver.commit();
  loader.driver.close();
  return readRuleset(fresh);
}

test("whatever happened before, the kernel holds what a fresh load of the state gives", async () => {
  const law = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
    await begin();
    for (const one of steps) {
      await take(one);
      expect(driven.driver.refusals()).toEqual([]);
      expect(readRuleset(lived)).toEqual(await loaded(state));
    }
    expect((await driven.driver.resync()).drift).toEqual({ total: 0, text: "" });
  });
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(law, { numRuns: 20, endOnFailure: true });
  if (failed) throw new Error(`seed ${seed}, path ${counterexamplePath}`, { cause: errorInstance }); // states are pages long
});
