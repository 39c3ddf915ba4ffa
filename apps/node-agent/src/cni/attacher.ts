import { createHash, randomBytes } from "node:crypto";
import type { Link, Rtnetlink } from "@percale/kernel";
import type { Logger } from "@percale/daemon";
import { formatName } from "@percale/policy";
import { WorkloadEndpoint } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import { attachmentKey, attachmentOf } from "./attachments.ts";
import type { Attachment, Attachments } from "./attachments.ts";
import type { DeletionQueue } from "./deletion-queue.ts";
import type { EndpointStore } from "./endpoint-store.ts";
import { CniCode } from "@percale/protocol";
import { CniError, isUnreachable, toCniError } from "./errors.ts";
import { identify } from "./identity.ts";
import type { EndpointIdentity } from "./identity.ts";
import { KeyedTurns } from "./keyed-turns.ts";
import { chooseHostInterface, deleteLinkIfThere, identityOf, ownLink, refuseOwnNetns } from "./own-links.ts";
import type { CniRequest } from "./request.ts";
import type { Wires } from "./wires.ts";

export interface AttacherOptions {
  readonly node: string;
  /** The node's links; not closed here. */
  readonly host: Rtnetlink;
  readonly wires: Wires;
  readonly store: EndpointStore;
  readonly attachments: Attachments;
  readonly queue: DeletionQueue;
  /** Resolves when the kernel enforces what the log had at that revision, for the endpoint on that link; or when told to stop. */
  readonly whenEnforced: (what: Enforced, stop: AbortSignal) => Promise<void>;
  readonly log: Logger;
}

export interface Enforced {
  readonly revision: number;
  readonly endpoint: ObjectRef;
  readonly ifIndex: number;
}

/** Attaches containers to the network and detaches them: the decisions of the CNI plugin. Every fault is a CniError. */
export class Attacher {
  readonly #options: AttacherOptions;
  readonly #host: Rtnetlink;
  /** Requests of one workload run one after another, and so do those of one container's interface. */
  readonly #turns = new KeyedTurns();
  readonly #runningAdds = new Map<string, Promise<Attachment>>();
  /** Names on the node that running requests have chosen and not yet recorded. */
  readonly #reserved = new Set<string>();

  constructor(options: AttacherOptions) {
    this.#options = options;
    this.#host = options.host;
  }

  /** A repeat while the first is running joins it; a repeat after success gets the same answer. */
  add(request: CniRequest): Promise<Attachment> {
    const id = attachmentKey(request);
    const running = this.#runningAdds.get(id);
    if (running !== undefined) return running;
    const identity = this.#identify(request);
    const added = this.#inTurn(request, identity, () => this.#add(request, identity)).finally(() => {
      if (this.#runningAdds.get(id) === added) this.#runningAdds.delete(id);
    });
    this.#runningAdds.set(id, added);
    return added;
  }

  /**
   * Idempotent; leaves alone what belongs to a newer container of the same pod. While the store cannot be asked (or is `isReady`
   * false) the workload loses its network, and the rest is queued: nodes must drain without the API.
   */
  async del(request: CniRequest, { isReady }: { readonly isReady: boolean }): Promise<void> {
    refuseOwnNetns(request);
    this.#runningAdds.delete(attachmentKey(request)); // an ADD from here on is another attachment
    const { queue } = this.#options;
    await this.#inTurn(request, this.#recorded(request), async () => {
      const identity = this.#recorded(request); // an ADD that ran until now may have recorded another
      try {
        await this.#unlink(request, identity);
        if (!isReady) return await queue.put(request);
        await this.#forget(request, identity);
        await queue.drop(request);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        await queue.put(request);
      }
    });
  }

  /** Does what is queued; an entry that an ADD has done meanwhile is none any more. Throws the first failure, after all; begins none once told to stop. */
  async drain(stop?: AbortSignal): Promise<void> {
    const failed: unknown[] = [];
    for (const queued of await this.#options.queue.list()) {
      if (stop?.aborted === true) break; // the rest waits for the next start
      const turn = this.#inTurn(queued, this.#recorded(queued), () => this.#doQueued(queued));
      await turn.catch((error: unknown) => failed.push(error));
    }
    if (failed.length > 0) throw failed[0];
  }

  async check(request: CniRequest): Promise<void> {
    refuseOwnNetns(request);
    const known = this.#options.attachments.get(request.containerID, request.ifName);
    if (known === undefined)
      throw new CniError(CniCode.broken, "this container is not attached here", request.containerID);
    const faults = await this.#faults({ ...known, netns: request.netns });
    if (faults.length > 0) throw new CniError(CniCode.broken, "the attachment is broken", faults.join("; "));
    const endpoint = this.#options.store.held(this.#recorded(request));
    if (endpoint !== undefined && endpoint.spec.containerID !== request.containerID)
      throw new CniError(CniCode.broken, "the endpoint belongs to another container", endpoint.spec.containerID);
  }

  /** Detaches everything of this network that the runtime no longer knows. */
  async collect(request: CniRequest): Promise<void> {
    const valid = request.config["cni.dev/valid-attachments"];
    if (valid === undefined) throw new CniError(CniCode.config, "cni.dev/valid-attachments is required for GC");
    const keep = new Set(valid.map(({ containerID, ifname }) => `${containerID} ${ifname}`));
    const faults: string[] = [];
    for (const known of this.#options.attachments.list()) {
      if (known.network !== request.network || keep.has(`${known.containerID} ${known.ifName}`)) continue;
      const { containerID, ifName, netns, pod } = known;
      const stale: CniRequest = { ...request, command: "DEL", containerID, ifName, netns, pod };
      const identity = this.#recorded(stale);
      try {
        await this.#inTurn(stale, identity, async () => {
          if (this.#options.attachments.get(containerID, ifName) === known) await this.#remove(stale, identity);
        });
      } catch (error) {
        const { message, details } = toCniError(error);
        faults.push(`${known.containerID}: ${message}: ${details}`);
      }
    }
    if (faults.length > 0) throw new CniError(CniCode.broken, "not everything could be removed", faults.join("; "));
  }

  /** Restores the node's side of what is attached; what is wrong with it all the same, in words. Nothing of what is over: its DEL waits, or is on the way. */
  async mend(known: Attachment): Promise<readonly string[]> {
    const { attachments, queue, store, wires, log } = this.#options;
    const { namespace, endpoint: name, containerID, ifName, netns } = known;
    return this.#inTurn(known, { namespace, name }, async () => {
      const owner = store.held({ namespace, name })?.spec.containerID ?? containerID;
      if (attachments.get(containerID, ifName) !== known || owner !== containerID) return [];
      if (identityOf(netns) === undefined || (await queue.find(known)) !== undefined) return [];
      const before = await wires.hostFaults(known);
      if (before.length > 0) await wires.restoreHost(known);
      const left = before.length > 0 ? await wires.hostFaults(known) : [];
      if (left.length < before.length) log.warn("the node's side of an attachment was restored", { name, before });
      return [...left, ...(await wires.containerFaults(known))];
    });
  }

  async #faults(known: Attachment): Promise<readonly string[]> {
    const { wires } = this.#options;
    return [...(await wires.hostFaults(known)), ...(await wires.containerFaults(known))];
  }

  #identify(request: CniRequest): EndpointIdentity {
    return identify(request, this.#options.node, (text) => createHash("sha1").update(text).digest("hex"));
  }

  /**
   * What is attached as this container's interface, as its ADD recorded it; else what the call says. A network gets another name
   * while its containers live, and a DEL may come without the pod's.
   */
  #recorded(request: CniRequest): EndpointIdentity {
    const known = this.#options.attachments.get(request.containerID, request.ifName);
    if (known === undefined) return this.#identify(request);
    const { namespace, endpoint, pod, hostInterface, handle } = known;
    const orchestrator = pod === undefined ? "cni" : "k8s";
    return { namespace, name: endpoint, orchestrator, interfaceNames: [hostInterface], handle };
  }

  #inTurn<T>(
    id: Pick<CniRequest, "containerID" | "ifName">,
    { namespace, name }: Pick<EndpointIdentity, "namespace" | "name">,
    run: () => Promise<T>,
  ): Promise<T> {
    return this.#turns.run([attachmentKey(id), `${namespace}/${name}`], run);
  }

  async #add(request: CniRequest, identity: EndpointIdentity): Promise<Attachment> {
    const { attachments, store, wires } = this.#options;
    refuseOwnNetns(request);
    await this.#doQueued(request); // about the attachment before this one
    const known = attachments.get(request.containerID, request.ifName);
    const { netns } = request; // a repeat may be about another one
    if (known !== undefined && (await this.#faults({ ...known, netns })).length === 0) return known;
    if (identityOf(netns) === undefined)
      throw new CniError(CniCode.netns, "the container's network namespace does not exist", netns);
    if (known !== undefined) await this.#remove(request, this.#recorded(request)); // half-made, or elsewhere: begin anew
    await wires.makeRoom(request);
    const { name: hostInterface, replaces } = await chooseHostInterface({
      host: this.#host,
      attachments,
      request,
      identity,
      reserved: this.#reserved,
      endpointContainer: store.held(identity)?.spec.containerID,
    });
    try {
      return await this.#make({ request, identity, hostInterface, mac: randomMac() }, replaces);
    } finally {
      this.#reserved.delete(hostInterface);
    }
  }

  /** Store, record, kernel: whatever fails, what was done before it is undone. */
  async #make(entry: Parameters<EndpointStore["enter"]>[0], replaces: Link | undefined): Promise<Attachment> {
    const { request, identity, hostInterface } = entry;
    const { attachments, store, wires, log } = this.#options;
    const startedAt = performance.now();
    const previous = store.held(identity);
    const { addresses, revision } = await store.enter(entry);
    const wroteAt = performance.now();
    const planned = attachmentOf({ ...entry, addresses });
    try {
      await attachments.put(planned); // first: what is made is never unknown
      const { index: ifIndex, routeTable } = await wires.wire(planned, replaces);
      const attachment = { ...planned, routeTable };
      if (routeTable !== planned.routeTable) await attachments.put(attachment);
      const wiredAt = performance.now();
      const { namespace, name } = identity;
      const endpoint = { kind: WorkloadEndpoint.kind, namespace, name };
      await this.#waitForPolicy(request, { revision, endpoint, ifIndex });
      log.info("attached", {
        endpoint: formatName(endpoint),
        addresses,
        interfaceName: hostInterface,
        storeMs: Math.round(wroteAt - startedAt),
        wireMs: Math.round(wiredAt - wroteAt),
        policyMs: Math.round(performance.now() - wiredAt),
      });
      return attachment;
    } catch (error) {
      await this.#remove(request, identity, previous).catch((undoing: unknown) =>
        log.warn("a failed attachment could not be undone wholly: its DEL will", { error: undoing }),
      );
      throw error;
    }
  }

  /** The deletion that waits for this container's interface, if any. */
  async #doQueued(id: Pick<CniRequest, "containerID" | "ifName">): Promise<void> {
    const { queue } = this.#options;
    const queued = await queue.find(id);
    if (queued === undefined) return;
    await this.#remove(queued, this.#recorded(queued));
    await queue.drop(id);
  }

  /** The workload loses its network first: an address must never be free while somebody still uses it. */
  async #remove(
    request: CniRequest,
    identity: EndpointIdentity,
    previous?: Parameters<EndpointStore["remove"]>[2],
  ): Promise<void> {
    await this.#unlink(request, identity);
    await this.#forget(request, identity, previous);
  }

  async #unlink(request: CniRequest, identity: EndpointIdentity): Promise<void> {
    const known = this.#options.attachments.get(request.containerID, request.ifName);
    const link = await ownLink(this.#host, request, identity.interfaceNames);
    if (known !== undefined) await this.#options.wires.unruleContainer(known);
    if (link !== undefined) await deleteLinkIfThere(this.#host, link.index);
  }

  async #forget(
    request: CniRequest,
    identity: EndpointIdentity,
    previous?: Parameters<EndpointStore["remove"]>[2],
  ): Promise<void> {
    const { attachments, store, log } = this.#options;
    await store.remove(request, identity, previous);
    await attachments.delete(request);
    log.info("detached", {
      endpoint: formatName(identity),
      containerID: request.containerID,
      ifName: request.ifName,
    });
  }

  async #waitForPolicy(request: CniRequest, what: Enforced): Promise<void> {
    const limitMs = request.config.policy_setup_timeout_seconds * 1000;
    if (limitMs === 0) return;
    const late = AbortSignal.timeout(limitMs);
    await this.#options.whenEnforced(what, late);
    if (late.aborted)
      this.#options.log.warn("policy is late: answering without it", {
        ...what,
        endpoint: formatName(what.endpoint),
        limitMs,
      });
  }
}

/** Locally administered, unicast. */
function randomMac(): string {
  const bytes = randomBytes(6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
