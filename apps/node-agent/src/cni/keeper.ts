import { runLoop, sleepMs, Wake } from "@percale/daemon";
import type { HealthRegistry, Logger } from "@percale/daemon";
import { openRtnetlink } from "@percale/kernel";
import { formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { Attacher } from "./attacher.ts";
import type { Attachment, Attachments } from "./attachments.ts";
import type { DeletionQueue } from "./deletion-queue.ts";

const BROKEN = "AttachmentBroken";
const SET_ASIDE = "StateSetAside";
/** Containers are looked into this often; a change of a link on the node is seen at once. */
const LOOK_MS = 60_000;
/** Changes that come together cost one look. */
const SETTLE_MS = 20;

export interface KeeperOptions {
  readonly attachments: Attachments;
  readonly queue: DeletionQueue;
  readonly attacher: Pick<Attacher, "mend">;
  readonly health: HealthRegistry;
  readonly log: Logger;
}

/** Keeps attachments as ADD left them: restores the node's side, tells what is wrong in a container. */
export class AttachmentKeeper {
  readonly #options: KeeperOptions;
  readonly #wake = new Wake();
  /** Names of links that changed since the last pass. */
  #touched = new Set<string>();
  /** When all were looked at, on the clock of this process. */
  #roundAt = Number.NEGATIVE_INFINITY;
  readonly #told = new Map<string, ObjectRef>();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const netlink = openRtnetlink();
    const stopMonitor = netlink.monitor((event) => {
      if (event.t === "lost") this.#roundAt = Number.NEGATIVE_INFINITY;
      else if (event.t === "link" || event.t === "linkRemoved") this.#touched.add(event.link.name);
      else return;
      this.#wake.notify();
    });
    await runLoop({
      pass: () => this.#pass(),
      changed: async () => {
        await this.#wake.wait();
        await sleepMs(SETTLE_MS, signal);
      },
      onError: (error) => this.#options.log.error("attachments could not be looked at", { error }),
      signal,
      resyncMs: LOOK_MS,
    });
    stopMonitor();
    netlink.close();
  }

  async #pass(): Promise<void> {
    const { attachments, attacher, health } = this.#options;
    const touched = this.#touched;
    this.#touched = new Set();
    const isRound = performance.now() - this.#roundAt >= LOOK_MS;
    if (isRound) {
      this.#roundAt = performance.now();
      await this.#tellSetAside();
    }
    for (const known of attachments.list().filter(({ hostInterface }) => isRound || touched.has(hostInterface))) {
      const faults = await attacher.mend(known).catch((error: unknown) => [String(error)]);
      if (faults !== undefined) this.#tell(refOf(known), faults);
      await sleepMs(0); // one at a time: requests come in between
    }
    const present = new Set(attachments.list().map((known) => formatRef(refOf(known))));
    for (const [key, ref] of this.#told) if (!present.has(key)) health.clear(BROKEN, ref);
  }

  async #tellSetAside(): Promise<void> {
    const { attachments, queue, health } = this.#options;
    const paths = [...(await attachments.setAside()), ...(await queue.setAside())];
    if (paths.length === 0) return health.clear(SET_ASIDE);
    health.set({
      code: SET_ASIDE,
      severity: "warning",
      title: "The agent could not read some of its files",
      detail: paths.join(", "),
      advice: "Whose they were goes by the file's name: recreate that workload, then delete the file.",
    });
  }

  #tell(ref: ObjectRef, faults: readonly string[]): void {
    const { health } = this.#options;
    if (faults.length === 0) return health.clear(BROKEN, ref);
    this.#told.set(formatRef(ref), ref);
    health.set({
      code: BROKEN,
      severity: "warning",
      title: "A workload's interface is not as it was made",
      detail: faults.join("; "),
      advice: "Somebody changed it from inside the container or beside the agent: recreate the workload.",
      ref,
    });
  }
}

function refOf({ namespace, endpoint }: Attachment): ObjectRef {
  return { kind: "WorkloadEndpoint", namespace, name: endpoint };
}
