import { EventEmitter, on } from "node:events";
import type { SettingRecords } from "@percale/store";
import { z } from "zod";
import type { Judge } from "../policy/judge.ts";
import { labProbe, labReport } from "../trpc/inputs.ts";
import type { LabReport } from "../trpc/inputs.ts";
import type { LabMatrixView } from "../trpc/views.ts";
import { withFlips } from "./lab-flips.ts";
import type { Services } from "./services.ts";

const SETTING = "lab";
const KEEP_MS = 1_000;
const LOOK_MS = 2_000;

/** As another process, perhaps of another version, left it. */
const keptReport = labReport.extend({
  reportedAt: z.iso.datetime(),
  probes: z.array(labProbe.extend({ flippedAt: z.iso.datetime().optional() })),
});

/** The lab's newest probes: in memory at once, in the store a second later so that other API processes show them too. */
export class Lab {
  readonly #settings: SettingRecords;
  readonly #judge: Judge;
  readonly #changed = new EventEmitter().setMaxListeners(0);
  #newest: LabMatrixView = { workloads: [], probes: [] };
  #keptAt = 0;
  #lookedAt = 0;

  constructor({ settings, judge }: { readonly settings: SettingRecords; readonly judge: Judge }) {
    this.#settings = settings;
    this.#judge = judge;
  }

  services(): Services["lab"] {
    return {
      report: (report) => this.#report(report),
      matrix: () => this.#matrix(),
      probes: () => this.#judge.ask("probes", () => this.#matrix()),
      watch: (signal) => this.#watch(signal),
    };
  }

  async #report({ probes, workloads }: LabReport): Promise<void> {
    const before = await this.#matrix().catch(() => this.#newest); // without a database what is in memory goes on
    const now = Date.now();
    this.#newest = { reportedAt: new Date(now).toISOString(), workloads, probes: withFlips(before.probes, probes) };
    this.#changed.emit("changed");
    if (now - this.#keptAt < KEEP_MS) return;
    this.#keptAt = now;
    await this.#settings.put(SETTING, this.#newest);
  }

  async #matrix(): Promise<LabMatrixView> {
    const now = Date.now();
    const isFresh =
      now - Date.parse(this.#newest.reportedAt ?? "1970-01-01") < LOOK_MS || now - this.#lookedAt < LOOK_MS;
    if (isFresh) return this.#newest;
    this.#lookedAt = now;
    const kept = keptReport.safeParse(await this.#settings.get(SETTING));
    if (kept.success && kept.data.reportedAt > (this.#newest.reportedAt ?? "")) this.#newest = kept.data;
    return this.#newest;
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<LabMatrixView> {
    let told = await this.#matrix();
    yield told;
    const look = setInterval(() => this.#changed.emit("changed"), LOOK_MS).unref();
    try {
      for await (const _ of on(this.#changed, "changed", { signal })) {
        const newest = await this.#matrix();
        if (newest.reportedAt === told.reportedAt) continue;
        told = newest;
        yield newest;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearInterval(look);
    }
  }
}
