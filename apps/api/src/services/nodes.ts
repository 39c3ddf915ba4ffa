import type { Logger } from "@percale/daemon";
import { parseAgentStatus, ProtocolError } from "@percale/protocol";
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
  const viewOf = ({ node, status, updatedAt }: AgentStatusRecord): NodeStatusView[] => {
    try {
      const heardMs = hearing.ageOf(node);
      const parsed = parseAgentStatus(status);
      return [
        {
          node,
          hearing: hearing.node(node),
          ...(heardMs !== undefined && { heardMs }),
          lastSeen: updatedAt,
          status: parsed,
        },
      ];
    } catch (error) {
      // A row that is no status, of another version or another hand, must not keep anybody from the others.
      if (!(error instanceof ProtocolError)) throw error;
      if (!told.has(node)) log.warn("a kept status can't be read: its node is left out", { node, error });
      told.add(node);
      return [];
    }
  };
  const list = async (): Promise<NodeStatusView[]> =>
    (await agentStatus.list()).flatMap(viewOf).sort((a, b) => (a.node < b.node ? -1 : 1));
  return {
    list,
    watch: async function* (signal) {
      // Listens before it lists: what is reported meanwhile is told twice rather than never.
      const changes = agentStatus.watch(signal)[Symbol.asyncIterator]();
      let next = changes.next();
      yield { isWhole: true, nodes: await list() };
      for (; ; next = changes.next()) {
        const { done, value } = await next;
        if (done === true) return;
        if (value.record === undefined) yield { isWhole: true, nodes: await list() };
        else yield { isWhole: false, nodes: viewOf(value.record) };
      }
    },
  };
}
