import { dirname, join } from "node:path";
import { Histogram } from "@percale/daemon";
import type { Changes, Logger, Registry } from "@percale/daemon";
import type { Rtnetlink } from "@percale/kernel";
import type { Dataplane } from "@percale/dataplane";
import type { ApiClient } from "../api/client.ts";
import type { Calculation } from "../calculation/part.ts";
import type { AgentPart } from "../part.ts";
import type { RaisedCondition } from "@percale/protocol";
import type { Stream } from "../sync/part.ts";
import { AddressRefusal } from "./address-refusal.ts";
import { Attacher } from "./attacher.ts";
import { Attachments } from "./attachments.ts";
import { DeletionQueue } from "./deletion-queue.ts";
import { EndpointStore } from "./endpoint-store.ts";
import { whenEnforced } from "./enforced.ts";
import { NodeIpam } from "./ipam.ts";
import { AttachmentKeeper } from "./keeper.ts";
import { Readiness } from "./readiness.ts";
import { CniServer } from "./server.ts";
import { kernelWires } from "./wires.ts";

export interface AttachmentOptions {
  readonly node: string;
  /** Holds the records of what is attached. */
  readonly directory: string;
  /** The CNI client's; the queue of deletions lies beside it, because the client writes there too. */
  readonly socket: string;
  readonly api: ApiClient;
  readonly stream: Stream;
  readonly calculation: Calculation;
  readonly dataplane: Pick<Dataplane, "endpointState" | "on">;
  /** Of the node. */
  readonly netlink: Rtnetlink;
  readonly changes: Changes;
  readonly log: Logger;
  readonly now: () => number;
}

/** Containers, attached and detached as the runtime asks, and kept as they were attached. */
export class Attachment implements AgentPart {
  readonly name = "attachment";
  readonly #refusal: AddressRefusal;
  readonly #keeper: AttachmentKeeper;
  readonly #server: CniServer;
  readonly #seconds = new Histogram({
    name: "percale_cni_seconds",
    help: "CNI calls by operation and outcome",
    labelNames: ["operation", "outcome"],
    buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1, 10],
    registers: [],
  });

  static async open(options: AttachmentOptions): Promise<Attachment> {
    const { directory, socket, log } = options;
    const attachments = await Attachments.open(directory, (aside, error) =>
      log.error("an attachment's record cannot be read: set aside", { aside, error }),
    );
    const queue = await DeletionQueue.open({ directory: join(dirname(socket), "cni-queue"), log });
    return new Attachment(options, attachments, queue);
  }

  private constructor(options: AttachmentOptions, attachments: Attachments, queue: DeletionQueue) {
    const { node, api, stream, calculation, dataplane, netlink, changes, log, now } = options;
    const { pipeline } = calculation;
    this.#refusal = new AddressRefusal(now);
    const held = () => ({ objects: stream.held.objects, revision: pipeline.applied });
    const store = new EndpointStore({
      node,
      api,
      ipam: new NodeIpam({ api, node, now, held }),
      held: () => stream.held.objects,
      onAddress: (detail) => {
        this.#refusal.note(detail);
        changes.notify();
      },
      log,
      now,
    });
    const attacher = new Attacher({
      node,
      host: netlink,
      wires: kernelWires(netlink),
      store,
      attachments,
      queue,
      whenEnforced: whenEnforced(pipeline, dataplane),
      log,
    });
    this.#keeper = new AttachmentKeeper({
      attachments,
      queue,
      attacher,
      netlink,
      onChange: changes.notify,
      log,
    });
    const readiness = new Readiness(() =>
      stream.isConnected ? calculation.problem() : `no connection to the API server: ${stream.detail}`,
    );
    changes.on(() => readiness.look());
    this.#server = new CniServer({
      node,
      path: options.socket,
      attacher,
      readiness,
      log,
      seconds: this.#seconds,
    });
  }

  metrics(registry: Registry): void {
    registry.registerMetric(this.#seconds);
  }

  start(): Promise<void> {
    return this.#server.listen();
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#keeper.run(signal), this.#server.run(signal)]);
  }

  conditions(): RaisedCondition[] {
    return [...this.#refusal.conditions(), ...this.#keeper.conditions()];
  }

  stop(): Promise<void> {
    return this.#server.close();
  }
}
