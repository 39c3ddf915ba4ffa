import type { Logger } from "@percale/daemon";
import type { Ack, AgentStatus } from "@percale/protocol";

/** The newest status of a client with its newest acknowledgement in it, kept by one write at a time. */
export class Reports {
  readonly #put: (status: AgentStatus) => Promise<void>;
  readonly #log: Logger;
  #status: AgentStatus | undefined;
  #ack: Ack | undefined;
  #isNew = false;
  #writing: Promise<void> | undefined;

  constructor({ put, log }: { readonly put: (status: AgentStatus) => Promise<void>; readonly log: Logger }) {
    this.#put = put;
    this.#log = log;
  }

  ack(ack: Ack): void {
    this.#ack = ack;
  }

  /** At once, if nothing is being written. */
  report(status: AgentStatus): void {
    this.#status = status;
    this.#isNew = true;
    this.keep();
  }

  /** Writes what is new since; to be called now and then, since acknowledgements alone do not. */
  keep(): void {
    if (this.#status === undefined || this.#writing !== undefined) return;
    const { applied = 0, programmed = 0 } = this.#ack ?? {};
    const { node, appliedRevision, programmedRevision } = this.#status;
    if (!this.#isNew && applied <= appliedRevision && programmed <= programmedRevision) return;
    this.#isNew = false;
    this.#status = {
      ...this.#status,
      appliedRevision: Math.max(applied, appliedRevision),
      programmedRevision: Math.max(programmed, programmedRevision),
    };
    this.#writing = this.#put(this.#status)
      .catch((error: unknown) => this.#log.debug("status not kept", { node, error }))
      .finally(() => {
        this.#writing = undefined;
      });
  }
}
