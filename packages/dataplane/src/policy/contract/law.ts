import { createNetns, deleteNetns } from "@percale/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PolicyDriver } from "../driver.ts";
import type { DriverAdapter } from "./adapter.ts";
import { Driven } from "./driven.ts";
import { difference, lawState, linksOf, NOTHING, PARTS, partly } from "./states.ts";
import type { LawState, Part } from "./states.ts";

const RUNS = 20;

/** One thing that happens to what a driver keeps. */
type Step =
  | { readonly t: "edit"; readonly next: LawState; readonly kept: readonly Part[] }
  | { readonly t: "restart"; readonly next: LawState }
  /** Somebody else's deed, of those that the kernel offers just then; found before or after the next edit. */
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

export function testAnyStateToAnyState(adapter: DriverAdapter): void {
  test("whatever happened before, the kernel holds what a fresh load of the state gives", async () => {
    const [lived, fresh] = [`pl-${process.pid}`, `pf-${process.pid}`];
    for (const netns of [lived, fresh]) createNetns(netns);
    const law = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      adapter.wipe(lived);
      const life = new Life(adapter, lived);
      try {
        await life.begin();
        for (const one of steps) {
          await life.take(one);
          expect(life.driver.refusals()).toEqual([]);
          expect(adapter.read(lived)).toEqual(await loaded(adapter, fresh, life.state));
        }
        expect((await life.driver.resync()).drift).toEqual({ total: 0, text: "" });
      } finally {
        life.driver.close();
      }
    });
    const { failed, seed, counterexamplePath, errorInstance } = await fc.check(law, {
      numRuns: RUNS,
      endOnFailure: true,
    });
    for (const netns of [lived, fresh]) deleteNetns(netns);
    if (failed) throw new Error(`seed ${seed}, path ${counterexamplePath}`, { cause: errorInstance }); // states are pages long
  });
}

/** A driver that lives through the steps, over restarts. */
class Life {
  readonly #adapter: DriverAdapter;
  readonly #netns: string;
  #driven: Driven<PolicyDriver>;
  state: LawState = NOTHING;

  constructor(adapter: DriverAdapter, netns: string) {
    this.#adapter = adapter;
    this.#netns = netns;
    this.#driven = open(adapter, netns);
  }

  get driver(): PolicyDriver {
    return this.#driven.driver;
  }

  async begin(): Promise<void> {
    await this.driver.failClosed();
  }

  async take(step: Step): Promise<void> {
    switch (step.t) {
      case "edit":
        return this.#edit(partly(this.state, step.next, step.kept));
      case "restart":
        this.driver.close();
        this.#driven = open(this.#adapter, this.#netns);
        this.state = NOTHING;
        await this.begin();
        return this.#edit(step.next);
      case "deed": {
        const deeds = this.#adapter.deeds(this.#netns);
        deeds[step.choice % deeds.length]!();
        if (step.edit !== undefined) await this.#edit(step.edit);
        await this.driver.resync();
      }
    }
  }

  async #edit(next: LawState): Promise<void> {
    await change(this.#driven, this.state, next);
    this.state = next;
  }
}

function open({ open }: DriverAdapter, netns: string): Driven<PolicyDriver> {
  return new Driven((state) => open({ state, netns }));
}

async function change(driven: Driven<PolicyDriver>, before: LawState, after: LawState): Promise<void> {
  driven.update(...difference(before, after));
  driven.driver.follow(linksOf(after));
  await driven.driver.commit();
}

/** What the state comes to where nothing was before. */
async function loaded(adapter: DriverAdapter, netns: string, wanted: LawState): Promise<object> {
  adapter.wipe(netns);
  const driven = open(adapter, netns);
  await driven.driver.failClosed();
  await change(driven, NOTHING, wanted);
  driven.driver.close();
  return adapter.read(netns);
}
