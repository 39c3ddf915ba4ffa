import { type Logger, sleepMs } from "@percale/daemon";
import type { SettingRecords } from "@percale/store";
import { z } from "zod";
import type { ConditionView, HealthHistoryView, SpellView } from "../trpc/views.ts";
import { bounded, lookedAt, merged } from "./spells.ts";

const LOOK_MS = 5_000;
const KEY = "conditions/spells";

const kept = z.array(
  z.object({
    code: z.string(),
    severity: z.enum(["info", "warning", "error"]),
    title: z.string(),
    source: z.string(),
    since: z.string(),
    until: z.string().optional(),
  }),
);

export interface ConditionLogOptions {
  readonly settings: SettingRecords;
  readonly log: Logger;
  /** All that are so now, and whether that is all that there are. */
  readonly look: () => Promise<{ readonly conditions: readonly ConditionView[]; readonly isWhole: boolean }>;
}

/**
 * When each condition held, for a day: looked at now and then, kept as one small record that every server over the same data brings up to
 * date. What is seen while the database is away is kept here until it is back.
 */
export class ConditionLog {
  readonly #options: ConditionLogOptions;
  #spells: readonly SpellView[] = [];

  constructor(options: ConditionLogOptions) {
    this.#options = options;
  }

  history(): HealthHistoryView {
    return { at: new Date().toISOString(), spells: this.#spells };
  }

  async run(signal: AbortSignal): Promise<void> {
    for (; !signal.aborted; await sleepMs(LOOK_MS, signal)) {
      try {
        await this.look();
      } catch (error) {
        this.#options.log.debug("conditions not kept", { error }); // the database is away, which is one of them
      }
    }
  }

  async look(): Promise<void> {
    const { settings, look } = this.#options;
    const { conditions, isWhole } = await look();
    const at = new Date();
    this.#spells = bounded(lookedAt(this.#spells, { at, conditions, isWhole }), at);
    if (!isWhole) return;
    const stored = kept.safeParse(await settings.get(KEY)).data ?? [];
    this.#spells = bounded(lookedAt(merged(stored, this.#spells), { at, conditions, isWhole }), at);
    if (JSON.stringify(this.#spells) !== JSON.stringify(stored)) await settings.put(KEY, this.#spells);
  }
}
