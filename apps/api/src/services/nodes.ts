import type { Logger } from "@percale/daemon";
import { parseAgentStatus, ProtocolError } from "@percale/protocol";
import type { AgentStatusRecord, AgentStatusRecords } from "@percale/store";
import type { NodeStatusView } from "../trpc/views.ts";
import type { Services } from "./services.ts";

/** Agents report at least every 10 s. */
const FRESH_MS = 25_000;
const LOOK_AGAIN_MS = 5_000;

interface Sources {
  readonly agentStatus: AgentStatusRecords;
  readonly log: Logger;
  readonly now?: () => number;
}

export function nodeServices({ agentStatus, log, now = Date.now }: Sources): Services["nodes"] {
  const told = new Set<string>();
  const onBad = (node: string, error: unknown): void => {
    if (!told.has(node)) log.warn("a kept status can't be read: its node is left out", { node, error });
    told.add(node);
  };
  const list = async (): Promise<NodeStatusView[]> => {
    const records = await agentStatus.list();
    const views = records.map((record) => nodeView(record, { nowMs: now(), onBad }));
    return views.filter((view) => view !== undefined).sort((a, b) => (a.node < b.node ? -1 : 1));
  };
  return {
    list,
    // A silent agent makes no event, so the whole list is looked at again now and then.
    watch: async function* (signal) {
      let told = await list();
      yield told;
      const changes = agentStatus.watch(signal)[Symbol.asyncIterator]();
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

/** A row that is no status, of another version or another hand, must not keep anybody from the others. */
function nodeView(
  { node, status, updatedAt }: AgentStatusRecord,
  { nowMs, onBad }: { readonly nowMs: number; readonly onBad: (node: string, error: unknown) => void },
): NodeStatusView | undefined {
  try {
    const connected = nowMs - Date.parse(updatedAt) < FRESH_MS;
    return { node, connected, lastSeen: updatedAt, status: parseAgentStatus(status) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    onBad(node, error);
    return undefined;
  }
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
