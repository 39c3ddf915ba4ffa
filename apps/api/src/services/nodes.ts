import type { AgentStatusRecord, Datastore } from "@percale/store";
import type { NodeStatusView } from "../trpc/views.ts";
import type { Services } from "./services.ts";

/** Agents report at least every 10 s. */
const FRESH_MS = 25_000;
const LOOK_AGAIN_MS = 5_000;

export function nodeServices(store: Datastore, now: () => number = Date.now): Services["nodes"] {
  const list = async (): Promise<NodeStatusView[]> => {
    const records = await store.agentStatus.list();
    return records.map((record) => nodeView(record, now())).sort((a, b) => (a.node < b.node ? -1 : 1));
  };
  return {
    list,
    // A silent agent makes no event, so the whole list is looked at again now and then.
    watch: async function* (signal) {
      let told = await list();
      yield told;
      const changes = store.agentStatus.watch(signal)[Symbol.asyncIterator]();
      let pending = changes.next();
      while (!signal.aborted) {
        const step = await Promise.race([pending, tick(LOOK_AGAIN_MS, signal)]);
        if (step?.done === true) return;
        if (step !== undefined) pending = changes.next();
        const nodes = await list();
        const before = new Map(told.map((node) => [node.node, JSON.stringify(node)]));
        const changed = nodes.filter((node) => before.get(node.node) !== JSON.stringify(node));
        const isGone = told.some(({ node }) => !nodes.some((one) => one.node === node));
        told = nodes;
        if (isGone) yield nodes;
        else if (changed.length > 0) yield changed;
      }
    },
  };
}

export function nodeView({ status, updatedAt }: AgentStatusRecord, nowMs: number): NodeStatusView {
  return { node: status.node, connected: nowMs - Date.parse(updatedAt) < FRESH_MS, lastSeen: updatedAt, status };
}

function tick(ms: number, signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  signal.addEventListener(
    "abort",
    () => {
      clearTimeout(timer);
      resolve(undefined);
    },
    { once: true },
  );
  return promise;
}
