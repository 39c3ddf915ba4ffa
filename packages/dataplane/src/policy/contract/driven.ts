import { emptyState, take } from "@percale/policy";
import type { NodeState, NodeUpdate } from "@percale/policy";
import type { PolicyDriver } from "../driver.ts";

/** For tests: a driver with the state it is made over, fed as a dataplane feeds it. */
export class Driven<D extends PolicyDriver> {
  readonly state: NodeState = emptyState();
  readonly driver: D;

  constructor(make: (state: NodeState) => D) {
    this.driver = make(this.state);
  }

  update(...updates: readonly NodeUpdate[]): void {
    for (const update of updates) {
      const change = take(this.state, update);
      if (change !== undefined) this.driver.note(change);
    }
  }
}
