import { runLoop, sleepMs, Wake } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { condition } from "@percale/protocol";
import type { RaisedCondition } from "@percale/protocol";
import { NUD_PERMANENT } from "@percale/kernel";
import type { Rtnetlink, RtnetlinkEvent } from "@percale/kernel";
import { WorkloadEndpoint } from "@percale/resources";
import type { Attacher } from "./attacher.ts";
import { attachmentKey } from "./attachments.ts";
import type { Attachment, Attachments } from "./attachments.ts";
import type { DeletionQueue } from "./deletion-queue.ts";

/** Containers are looked into this often; a change of a link on the node is seen at once. */
const LOOK_MS = 60_000;
/** What was found wrong is looked at this often: others restore it too, which not every event tells, and nobody shall read what is over. */
const LOOK_AGAIN_MS = 2_000;
/** Changes that come together cost one look. */
const SETTLE_MS = 20;

export interface KeeperOptions {
  readonly attachments: Attachments;
  readonly queue: DeletionQueue;
  readonly attacher: Pick<Attacher, "mend">;
  readonly netlink: Pick<Rtnetlink, "monitor">;
  /** `conditions` differ from what they were. */
  readonly onChange: () => void;
  readonly log: Logger;
}

/** Keeps attachments as ADD left them: restores the node's side, tells what is wrong in a container. */
export class AttachmentKeeper {
  readonly #options: KeeperOptions;
  readonly #wake = new Wake();
  /** Names of links, and addresses, of which something changed since the last pass. */
  #touched = new Set<string>();
  /** When all were looked at, on the clock of this process. */
  #roundAt = Number.NEGATIVE_INFINITY;
  /** What the last look at each attachment found, if anything. */
  readonly #broken = new Map<string, RaisedCondition>();
  #setAside: readonly string[] = [];
  /** `conditions` as they were when `onChange` was last called, as JSON. */
  #told = "[]";

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const stopMonitor = this.#options.netlink.monitor((event) => {
      const subject = subjectOf(event);
      if (event.t === "lost") this.#roundAt = Number.NEGATIVE_INFINITY;
      else if (subject === undefined) return;
      else this.#touched.add(subject);
      this.#wake.notify();
    });
    await runLoop({
      pass: () => this.#pass(),
      changed: async (until) => {
        const again = this.#broken.size === 0 ? [] : [sleepMs(LOOK_AGAIN_MS, until)];
        await Promise.race([this.#wake.wait(until), ...again]);
        await sleepMs(SETTLE_MS, until);
      },
      onError: (error) => this.#options.log.error("attachments could not be looked at", { error }),
      signal,
      resyncMs: LOOK_MS,
    });
    stopMonitor();
  }

  conditions(): RaisedCondition[] {
    return [...this.#broken.values(), ...setAside(this.#setAside)];
  }

  async #pass(): Promise<void> {
    const { attachments, queue, attacher, onChange } = this.#options;
    const touched = this.#touched;
    this.#touched = new Set();
    const isRound = performance.now() - this.#roundAt >= LOOK_MS;
    if (isRound) {
      this.#roundAt = performance.now();
      this.#setAside = [...(await attachments.setAside()), ...(await queue.setAside())];
    }
    const isDue = (known: Attachment): boolean =>
      isRound ||
      this.#broken.has(attachmentKey(known)) ||
      [known.hostInterface, ...known.addresses].some((name) => touched.has(name));
    for (const known of attachments.list().filter(isDue)) {
      const faults = await attacher.mend(known).catch((error: unknown) => [String(error)]);
      if (faults.length > 0) this.#broken.set(attachmentKey(known), broken(known, faults));
      else this.#broken.delete(attachmentKey(known));
      await sleepMs(0); // one at a time: requests come in between
    }
    const present = new Set(attachments.list().map(attachmentKey));
    for (const key of this.#broken.keys()) if (!present.has(key)) this.#broken.delete(key);
    const conditions = JSON.stringify(this.conditions());
    if (conditions === this.#told) return;
    this.#told = conditions;
    onChange();
  }
}

/** What an event may say of an attachment: its link's name, or one of its addresses. The kernel's own neighbour discovery says nothing. */
function subjectOf(event: RtnetlinkEvent): string | undefined {
  switch (event.t) {
    case "link":
    case "linkRemoved":
      return event.link.name;
    case "route":
    case "routeRemoved":
      return /^(.*)\/(?:32|128)$/.exec(event.route.dst)?.[1];
    case "neighbour":
    case "neighbourRemoved": {
      const { address, state } = event.neighbour;
      return (state & NUD_PERMANENT) === 0 ? undefined : address;
    }
    case "address":
    case "addressRemoved":
    case "settings":
    case "lost":
      return undefined;
  }
}

function broken({ namespace, endpoint }: Attachment, faults: readonly string[]): RaisedCondition {
  const ref = { kind: WorkloadEndpoint.kind, namespace, name: endpoint };
  return condition.AttachmentBroken({ detail: faults.join("; "), ref });
}

function setAside(paths: readonly string[]): RaisedCondition[] {
  return paths.length === 0 ? [] : [condition.StateSetAside({ detail: paths.join(", ") })];
}
