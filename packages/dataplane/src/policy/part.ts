import type { NodeState, StateChange } from "@percale/policy";
import type { RaisedCondition } from "@percale/protocol";
import { formatRef } from "@percale/resources";
import type { Connections } from "../connections.ts";
import type { DataplaneLog, DataplaneState } from "../face.ts";
import { NO_LINKS } from "../links/known.ts";
import type { WorkloadLinks } from "../links/known.ts";
import type { Part, Work } from "../part.ts";
import { NOTHING_SENT } from "./driver.ts";
import type { CommitReport, Drift, PolicyDriver } from "./driver.ts";

export interface PolicyPartOptions {
  readonly driver: PolicyDriver;
  readonly connections: Connections;
  /** The node's own addresses. */
  readonly ownAddresses: () => Promise<ReadonlySet<string>>;
  readonly log: DataplaneLog;
  /** Wall clock, ms. */
  readonly now: () => number;
}

/**
 * Policy, by whichever driver the node has. NAT of outgoing packets is the driver's too, no part of its own: nftables commits it in
 * one step with the sets that it shares with policy.
 */
export class PolicyPart implements Part {
  readonly name = "policy";
  readonly #options: PolicyPartOptions;
  #links: WorkloadLinks = NO_LINKS;
  #mustCompare = false;
  #wasInSync = false;
  #report: CommitReport = NOTHING_SENT;
  #batchRefused: string | undefined;
  #repairs: DataplaneState["driftRepairs"] = { count: 0 };

  constructor(options: PolicyPartOptions) {
    this.#options = options;
  }

  /** Of the last pass. */
  get report(): CommitReport {
    return this.#report;
  }

  get repairs(): DataplaneState["driftRepairs"] {
    return this.#repairs;
  }

  note(change: StateChange): void {
    this.#options.driver.note(change);
  }

  resync(): void {
    this.#mustCompare = true;
  }

  async pass({ state, inSync, links }: Work): Promise<void> {
    const { driver } = this.#options;
    if (links !== this.#links) driver.follow(links);
    this.#links = links;
    this.#report = NOTHING_SENT;
    if (!inSync) return driver.failClosed(); // nothing more before the first state is known
    const mustCompare = this.#mustCompare;
    this.#mustCompare = false; // who asks meanwhile is heard in the next pass
    try {
      if (mustCompare) await this.#tellRepair(state, await this.#compare());
      else this.#report = await driver.commit();
    } catch (error) {
      driver.forget();
      this.#mustCompare ||= mustCompare;
      this.#batchRefused = error instanceof Error ? error.message : String(error);
      throw error;
    }
    this.#batchRefused = undefined;
    this.#wasInSync = true;
  }

  conditions(): readonly RaisedCondition[] {
    const { words } = this.#options.driver;
    const refusals = this.#options.driver
      .refusals()
      .map(({ ref, kind, detail }) => words[kind]({ object: formatRef(ref), detail, ref }));
    if (this.#batchRefused === undefined) return refusals;
    return [words.batchRefused({ detail: this.#batchRefused }), ...refusals];
  }

  async remove(): Promise<void> {
    await this.#options.driver.remove();
  }

  close(): void {
    this.#options.driver.close();
  }

  async #compare(): Promise<Drift> {
    const { report, drift } = await this.#options.driver.resync();
    this.#report = report;
    return drift;
  }

  async #tellRepair(state: NodeState, { total, text }: Drift): Promise<void> {
    if (total === 0) return;
    const { driver, log, now } = this.#options;
    const lastAt = new Date(now()).toISOString();
    this.#repairs = { count: this.#repairs.count + 1, lastAt, lastDetail: text };
    log.warn(`repaired ${driver.words.keeps}`, { differences: total, detail: text });
    if (this.#wasInSync) await this.#endDenied(state);
  }

  /** What got through while the tables were broken must not go on. Within the pass: the state must stand still meanwhile. */
  async #endDenied(state: NodeState): Promise<void> {
    const { connections, ownAddresses, log } = this.#options;
    try {
      const ended = await connections.endDenied(state, await ownAddresses());
      if (ended > 0) log.warn("ended connections that policy denies", { connections: ended });
    } catch (error) {
      log.error("ending denied connections failed", { error: String(error) });
    }
  }
}
