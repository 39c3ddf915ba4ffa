import { Wake } from "@percale/daemon";
import type { AgentStatusChange, AgentStatusRecord, AgentStatusRecords } from "./records.ts";

/** A driver's statuses without the watch. */
export type AgentStatusTable = Omit<AgentStatusRecords, "watch">;

/** Turns "this node's status changed" into watches. Names are collected until a watcher comes back for them, so a slow one skips, never piles up. */
export class StatusFeed {
  readonly #table: AgentStatusTable;
  readonly #closed: AbortSignal;
  readonly #watchers = new Set<{ readonly nodes: Set<string | undefined>; readonly wake: Wake }>();

  constructor(table: AgentStatusTable, closed: AbortSignal) {
    this.#table = table;
    this.#closed = closed;
  }

  /** `undefined`: any of them may have changed. */
  readonly changed = (node: string | undefined): void => {
    for (const { nodes, wake } of this.#watchers) {
      nodes.add(node);
      wake.notify();
    }
  };

  records(): AgentStatusRecords {
    const { put, remove, get, list } = this.#table;
    return { put, remove, get, list, watch: (signal) => this.#watch(signal) };
  }

  async *#watch(signal?: AbortSignal): AsyncGenerator<AgentStatusChange> {
    const stop = signal === undefined ? this.#closed : AbortSignal.any([signal, this.#closed]);
    const watcher = { nodes: new Set<string | undefined>(), wake: new Wake() };
    const known = new Set<string>();
    this.#watchers.add(watcher);
    stop.addEventListener("abort", () => watcher.wake.notify(), { once: true });
    try {
      while (!stop.aborted) {
        await watcher.wake.wait();
        const nodes = [...watcher.nodes];
        watcher.nodes.clear();
        for (const change of await this.#read(nodes, known, watcher.nodes)) {
          if (stop.aborted) return;
          yield change;
        }
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  async #read(
    nodes: readonly (string | undefined)[],
    known: Set<string>,
    pending: Set<string | undefined>,
  ): Promise<AgentStatusChange[]> {
    try {
      const recordByNode = new Map<string, AgentStatusRecord | undefined>();
      if (nodes.includes(undefined)) {
        for (const node of known) recordByNode.set(node, undefined); // unless the list still has it
        for (const record of await this.#table.list()) recordByNode.set(record.node, record);
      } else for (const node of nodes) if (node !== undefined) recordByNode.set(node, await this.#table.get(node));
      for (const [node, record] of recordByNode) {
        if (record === undefined) known.delete(node);
        else known.add(node);
      }
      return [...recordByNode].map(([node, record]) => ({ node, record }));
    } catch {
      // The database is away. Its driver says `undefined` when it is back; keep what we owe until then.
      for (const node of nodes) pending.add(node);
      return [];
    }
  }
}
