import type { Link } from "@percale/kernel";
import type { ActiveEndpoint, NodeState, StateChange, Workload } from "@percale/policy";
import type { RaisedCondition } from "@percale/protocol";
import type { EndpointState } from "./face.ts";
import type { WorkloadLinks } from "./links/known.ts";

/**
 * One thing that a node's kernel is kept equal to the desired state in: policy, sysctls, routes, neighbours. `parts` of
 * `dataplane.ts` lists them in the order of a pass; nothing else knows which there are.
 *
 *     update ─► take(state) ─► note, of every part     ┐ nothing else runs meanwhile: a pass sees one state,
 *                              pass, part after part   ┘ and one pass ends before the next begins
 *
 * A part remembers what is dirty, not what is desired: that is `work.state`.
 */
export interface Part {
  /** For logs and errors. */
  readonly name: string;
  /**
   * The state has changed: for each kind of change what to mark, no more. No I/O; must not throw. Endpoints that a change touches
   * come as `attached` to every part, all of them where settings changed. Whoever marks by kind makes it of a table (`noting`).
   */
  note(change: StateChange): void;
  /**
   * Makes the kernel agree in what was touched. What is wrong with one endpoint goes to `work.fault` and does not stop the
   * others. Whatever throws fails the pass: it is tried again, with all endpoints and with what changed meanwhile, and the part
   * that threw must still know what it owes.
   */
  pass(work: Work): Promise<void>;
  /** Somebody else may have changed the kernel: the next pass, whose `attached` are all, looks at everything. */
  resync(): void;
  /** What needs a person, as things are now. */
  conditions?(): readonly RaisedCondition[];
  /** Takes everything of ours out of the kernel. No pass comes after it. */
  remove?(): Promise<void>;
  /** Lets go of sockets; the kernel stays as it is. No call comes after it. */
  close?(): void;
}

/** What one pass is about. */
export interface Work {
  readonly state: NodeState;
  /** The first whole state has come. Before it nothing may be loosened or taken away. */
  readonly inSync: boolean;
  readonly links: WorkloadLinks;
  /** Workloads' endpoints that this pass must look at, with the running link that is theirs. */
  readonly attached: readonly Attached[];
  /** To be called between two steps of long work: a turn for everybody else, now and then. */
  readonly turn: () => Promise<void> | undefined;
  /** The endpoint is not as it should be; of several words the first counts. */
  fault(endpoint: ActiveEndpoint, fault: Fault): void;
}

export interface Attached {
  readonly endpoint: ActiveEndpoint & { readonly workload: Workload };
  readonly link: Link;
}

export interface Fault extends Pick<EndpointState, "state"> {
  readonly detail: string;
}

/** Runs the work for each; what it throws is that endpoint's fault alone. */
export async function eachAttached(work: Work, run: (one: Attached) => Promise<void>): Promise<void> {
  for (const one of work.attached) {
    try {
      await run(one);
    } catch (error) {
      work.fault(one.endpoint, { state: "error", detail: error instanceof Error ? error.message : String(error) });
    }
    const others = work.turn();
    if (others !== undefined) await others;
  }
}
