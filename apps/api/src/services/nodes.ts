import type { Logger } from "@percale/daemon";
import { parseAgentStatus, ProtocolError } from "@percale/protocol";
import type { AgentStatus } from "@percale/protocol";
import type { AgentStatusRecord, AgentStatusRecords } from "@percale/store";
import type { Hearing } from "../hearing/hearing.ts";
import type { NodeStatusView } from "../trpc/views.ts";
import type { Services } from "./services.ts";

interface Sources {
  readonly agentStatus: AgentStatusRecords;
  readonly hearing: Pick<Hearing, "node" | "ageOf">;
  readonly log: Logger;
}

/** What agents report, beside when they were heard. A report says nothing of that: it may have waited for the database. */
export function nodeServices({ agentStatus, hearing, log }: Sources): Services["nodes"] {
  const told = new Set<string>();
  const statusOf = ({ node, status }: AgentStatusRecord): AgentStatus | undefined => {
    try {
      return parseAgentStatus(status);
    } catch (error) {
      // A row that is no status, of another version or another hand, must not keep anybody from the others.
      if (!(error instanceof ProtocolError)) throw error;
      if (!told.has(node)) log.warn("a kept status can't be read: its node is left out", { node, error });
      told.add(node);
      return undefined;
    }
  };
  const viewOf = (record: AgentStatusRecord): NodeStatusView<AgentStatus>[] => {
    const status = statusOf(record);
    if (status === undefined) return [];
    const { node, updatedAt: lastSeen } = record;
    const heardMs = hearing.ageOf(node);
    return [{ node, hearing: hearing.node(node), ...(heardMs !== undefined && { heardMs }), lastSeen, status }];
  };
  const list = async (): Promise<NodeStatusView<AgentStatus>[]> =>
    (await agentStatus.list()).flatMap(viewOf).sort((a, b) => (a.node < b.node ? -1 : 1));
  const status = async (): Promise<NodeStatusView[]> => (await list()).map(shownOf);
  return {
    list,
    status,
    routes: async (node) => {
      const record = await agentStatus.get(node);
      return (record && statusOf(record)?.routes) ?? null;
    },
    watch: async function* (signal) {
      // Listens before it lists: what is reported meanwhile is told twice rather than never.
      const changes = agentStatus.watch(signal)[Symbol.asyncIterator]();
      let next = changes.next();
      yield { isWhole: true, nodes: await status() };
      for (; ; next = changes.next()) {
        const { done, value } = await next;
        if (done === true) return;
        if (value.record === undefined) yield { isWhole: true, nodes: await status() };
        else yield { isWhole: false, nodes: viewOf(value.record).map(shownOf) };
      }
    },
  };
}

/** What every page may show of it. */
function shownOf({ status, ...heard }: NodeStatusView<AgentStatus>): NodeStatusView {
  const { routes: _routes, sessions: _sessions, ...report } = status;
  return { ...heard, status: report };
}
