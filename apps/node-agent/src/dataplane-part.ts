import type { Dataplane } from "@percale/dataplane";
import type { AgentPart } from "./part.ts";
import type { RaisedCondition } from "@percale/protocol";

/** The kernel of this node. Fails closed first of all; what it holds outlives the agent. */
export class DataplanePart implements AgentPart {
  readonly name = "dataplane";
  readonly #dataplane: Dataplane;

  constructor({ dataplane, changed }: { readonly dataplane: Dataplane; readonly changed: () => void }) {
    this.#dataplane = dataplane;
    dataplane.on(changed);
  }

  start(): Promise<void> {
    return this.#dataplane.start();
  }

  conditions(): readonly RaisedCondition[] {
    return this.#dataplane.conditions();
  }

  stop(): Promise<void> {
    return this.#dataplane.close();
  }
}
