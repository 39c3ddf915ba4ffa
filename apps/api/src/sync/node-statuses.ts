import { untilDone } from "@percale/daemon";
import type { Logger, Progress } from "@percale/daemon";
import type { AgentStatus } from "@percale/protocol";
import { Node, objectAfter } from "@percale/resources";
import type { AgentStatusRecords, Datastore } from "@percale/store";

interface NodeStatusesOptions {
  /** Has the Nodes. */
  readonly store: Datastore;
  readonly agentStatus: AgentStatusRecords;
  readonly log: Logger;
  readonly mostGone?: number;
}

/** Nodes that are remembered as gone: agents that outlive their Node are few, and those that go on are remembered longest. */
const GONE = 1_000;

/** What agents say of themselves, kept as long as their Node: it ends with that, also while an agent goes on reporting. */
export class NodeStatuses {
  readonly #store: Datastore;
  readonly #agentStatus: AgentStatusRecords;
  readonly #log: Logger;
  readonly #mostGone: number;
  /** Nodes that were deleted and have not come again, the one first that was longest not heard of. */
  readonly #gone = new Set<string>();

  constructor({ store, agentStatus, log, mostGone = GONE }: NodeStatusesOptions) {
    this.#store = store;
    this.#agentStatus = agentStatus;
    this.#log = log;
    this.#mostGone = mostGone;
  }

  async put(status: AgentStatus): Promise<void> {
    const { node } = status;
    if (this.#gone.has(node)) return this.#remember(node);
    await this.#agentStatus.put(status);
    if (this.#gone.has(node)) await this.#agentStatus.remove(node); // it went meanwhile
  }

  /** Follows the Nodes until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await untilDone({
      attempt: (stop, progress) => this.#follow(stop, progress),
      onError: (error) => this.#log.debug("nodes not followed", { error }),
      signal,
    });
  }

  async #follow(signal: AbortSignal, progress: Progress): Promise<void> {
    const { items, revision } = await this.#store.list({ kind: Node.kind });
    await this.#sweep(new Set(items.map(({ metadata }) => metadata.name)));
    progress();
    for await (const event of this.#store.watch({ kinds: [Node.kind], since: revision, signal })) {
      const { name } = event.object.metadata;
      if (objectAfter(event) !== undefined) this.#gone.delete(name);
      else {
        this.#remember(name);
        await this.#agentStatus.remove(name);
      }
    }
  }

  #remember(node: string): void {
    this.#gone.delete(node); // to be the youngest again
    this.#gone.add(node);
    const [oldest] = this.#gone;
    if (this.#gone.size > this.#mostGone && oldest !== undefined) this.#gone.delete(oldest);
  }

  /** Of Nodes that were deleted while nobody looked. An agent that has no Node yet reports again soon. */
  async #sweep(nodes: ReadonlySet<string>): Promise<void> {
    for (const node of nodes) this.#gone.delete(node);
    for (const { node } of await this.#agentStatus.list()) if (!nodes.has(node)) await this.#agentStatus.remove(node);
  }
}
