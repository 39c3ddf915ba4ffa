import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Logger } from "@percale/daemon";
import { assignAddress, autoAssign, releaseHandle } from "@percale/ipam";
import type { AssignOutcome, IpamChange } from "@percale/ipam";
import { openRtnetlink } from "@percale/kernel";
import type { Rtnetlink } from "@percale/kernel";
import { formatRef } from "@percale/resources";
import type { KubeObject, WorkloadEndpoint } from "@percale/resources";
import { ApiError } from "../api/client.ts";
import type { ApiClient } from "../api/client.ts";
import { attachmentOf } from "./attachments.ts";
import type { Attachment, Attachments } from "./attachments.ts";
import { endpointOf, missingProfiles, profileNames } from "./endpoint.ts";
import { ipamHashes } from "./ipam.ts";
import type { NodeIpam } from "./ipam.ts";
import { CniCode, CniError, identify } from "./request.ts";
import type { CniRequest, EndpointIdentity } from "./request.ts";
import { unwire, wire, wiringFault } from "./wiring.ts";

export interface AttacherOptions {
  readonly node: string;
  readonly api: Pick<ApiClient, "get">;
  readonly ipam: NodeIpam;
  readonly attachments: Attachments;
  readonly held: () => ReadonlyMap<string, KubeObject>;
  /** Resolves when the kernel enforces what the log had at that revision. */
  readonly whenProgrammed: (revision: number) => Promise<void>;
  /** Called by each ADD: why there was no address, or undefined when there was. */
  readonly onAddress: (refusal: string | undefined) => void;
  readonly log: Logger;
  readonly now: () => number;
}

/** Attaches containers to the network and detaches them: the decisions of the CNI plugin. Every fault is a CniError. */
export class Attacher {
  readonly #options: AttacherOptions;
  readonly #host: Rtnetlink = openRtnetlink();
  /** Requests of one workload run one after another. */
  readonly #turnByEndpoint = new Map<string, Promise<unknown>>();
  readonly #runningAdds = new Map<string, Promise<Attachment>>();

  constructor(options: AttacherOptions) {
    this.#options = options;
  }

  close(): void {
    this.#host.close();
  }

  /** A repeat while the first is running joins it; a repeat after success gets the same answer. */
  add(request: CniRequest): Promise<Attachment> {
    const id = `${request.containerID} ${request.ifName}`;
    const running = this.#runningAdds.get(id);
    if (running !== undefined) return running;
    const identity = this.#identify(request);
    const added = this.#inTurn(identity, () => this.#add(request, identity)).finally(() =>
      this.#runningAdds.delete(id),
    );
    this.#runningAdds.set(id, added);
    return added;
  }

  /** Idempotent; leaves alone what belongs to a newer container of the same pod. */
  async del(request: CniRequest): Promise<void> {
    const identity = this.#identify(request);
    await this.#inTurn(identity, () => this.#del(request, identity));
  }

  async check(request: CniRequest): Promise<void> {
    const known = this.#options.attachments.get(request.containerID, request.ifName);
    if (known === undefined)
      throw new CniError(CniCode.broken, "this container is not attached here", request.containerID);
    const fault = await wiringFault(this.#host, { ...known, netns: request.netns });
    if (fault !== undefined) throw new CniError(CniCode.broken, "the attachment is broken", fault);
    const endpoint = this.#heldEndpoint(this.#identify(request));
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
      try {
        await this.del({
          ...request,
          command: "DEL",
          containerID: known.containerID,
          ifName: known.ifName,
          netns: known.netns,
          pod: known.pod,
        });
      } catch (error) {
        faults.push(`${known.containerID}: ${String(error)}`);
      }
    }
    if (faults.length > 0) throw new CniError(CniCode.broken, "not everything could be removed", faults.join("; "));
  }

  #identify(request: CniRequest): EndpointIdentity {
    return identify(request, this.#options.node, (text) => createHash("sha1").update(text).digest("hex"));
  }

  async #inTurn<T>({ namespace, name }: EndpointIdentity, run: () => Promise<T>): Promise<T> {
    const key = `${namespace}/${name}`;
    const mine = (this.#turnByEndpoint.get(key) ?? Promise.resolve()).then(run, run);
    const settled = mine.catch(() => undefined);
    this.#turnByEndpoint.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#turnByEndpoint.get(key) === settled) this.#turnByEndpoint.delete(key);
    }
  }

  async #add(request: CniRequest, identity: EndpointIdentity): Promise<Attachment> {
    const { attachments, log } = this.#options;
    const known = attachments.get(request.containerID, request.ifName);
    if (known !== undefined && (await wiringFault(this.#host, known)) === undefined) return known;
    if (!existsSync(request.netns))
      throw new CniError(CniCode.netns, "the container's network namespace does not exist", request.netns);
    if (known !== undefined) await this.#release(request, identity); // a half-made attachment: begin anew
    const startedAt = performance.now();
    const mac = randomMac();
    const { addresses, revision } = await this.#writeAsAllowed(request, identity, mac);
    const wroteAt = performance.now();
    const attachment = attachmentOf({ request, identity, mac, addresses });
    const programmed = this.#waitForPolicy(request, revision);
    try {
      await wire(this.#host, {
        netns: request.netns,
        ifName: request.ifName,
        hostInterface: identity.interfaceName,
        mac,
        mtuBytes: request.config.mtu,
        addresses,
        allowIpForwarding: request.config.container_settings.allow_ip_forwarding,
      });
    } catch (error) {
      await this.#release(request, identity);
      throw error;
    }
    const wiredAt = performance.now();
    await attachments.put(attachment);
    await programmed;
    log.info("attached", {
      endpoint: `${identity.namespace}/${identity.name}`,
      addresses,
      interfaceName: identity.interfaceName,
      storeMs: Math.round(wroteAt - startedAt),
      wireMs: Math.round(wiredAt - wroteAt),
      policyMs: Math.round(performance.now() - wiredAt),
    });
    return attachment;
  }

  /** A server that does not let nodes make this profile still lets them attach; the endpoint then waits for somebody to make it. */
  async #writeAsAllowed(
    request: CniRequest,
    identity: EndpointIdentity,
    mac: string,
  ): Promise<{ addresses: readonly string[]; revision: number }> {
    try {
      return await this.#write(request, identity, { mac, withProfiles: true });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 403) throw error;
      this.#options.log.warn("this node may not create the profiles of this workload: create them yourself", {
        profiles: profileNames(request, identity),
        error: error.message,
      });
      return this.#write(request, identity, { mac, withProfiles: false });
    }
  }

  /** Addresses, handle, block and endpoint in one change set. */
  async #write(
    request: CniRequest,
    identity: EndpointIdentity,
    { mac, withProfiles }: { readonly mac: string; readonly withProfiles: boolean },
  ): Promise<{ addresses: readonly string[]; revision: number }> {
    const { ipam, node, now } = this.#options;
    const { assign_ipv4, assign_ipv6, ipv4_pools, ipv6_pools } = request.config.ipam;
    const { handle, namespace } = identity;
    const attributes = {
      node,
      ...(request.pod !== undefined && { pod: request.pod.name, namespace }),
      timestamp: new Date(now()).toISOString(),
    };
    const base = { node, handle, attributes, use: "Workload" as const };
    const { outcome, result } = await ipam.run<AssignOutcome>({
      handle,
      reason: `CNI ADD ${namespace}/${request.pod?.name ?? request.containerID}`,
      decide: (state) =>
        request.address === undefined
          ? autoAssign(
              state,
              {
                ...base,
                namespace,
                count4: assign_ipv4 === "true" ? 1 : 0,
                count6: assign_ipv6 === "true" ? 1 : 0,
                pools4: ipv4_pools,
                pools6: ipv6_pools,
              },
              ipamHashes,
            )
          : assignAddress(state, { ...base, address: request.address }, ipamHashes),
      more: (outcome, attempt) => this.#endpointChanges({ request, identity, mac, withProfiles, outcome, attempt }),
    });
    this.#options.onAddress(outcome.kind === "assigned" ? undefined : outcome.message);
    if (outcome.kind !== "assigned")
      throw new CniError(CniCode.exhausted, "no address for the workload", outcome.message);
    return {
      addresses: outcome.addresses.map(({ address }) => address),
      revision: Number(result?.resourceVersion ?? 0),
    };
  }

  async #endpointChanges(options: {
    request: CniRequest;
    identity: EndpointIdentity;
    mac: string;
    withProfiles: boolean;
    outcome: AssignOutcome;
    attempt: number;
  }): Promise<readonly IpamChange[]> {
    const { request, identity, mac, withProfiles, outcome, attempt } = options;
    if (outcome.kind !== "assigned") return [];
    const { node, api, held } = this.#options;
    const old = attempt === 0 ? this.#heldEndpoint(identity) : await this.#storedEndpoint(identity);
    const profiles = missingProfiles(request, identity, (name) => held().has(formatRef({ kind: "Profile", name })));
    const absent = !withProfiles
      ? []
      : attempt === 0
        ? profiles
        : await onlyAbsent(profiles, (name) => api.get("profiles", name));
    const object = endpointOf({
      request,
      identity,
      node,
      mac,
      old,
      addresses: outcome.addresses.map(({ address }) => address),
    });
    return [
      ...absent.map((profile): IpamChange => ({ op: "create", object: profile })),
      { op: old === undefined ? "create" : "update", object },
    ];
  }

  async #del(request: CniRequest, identity: EndpointIdentity): Promise<void> {
    const { attachments, log } = this.#options;
    // The workload loses its network first: an address must never be free while somebody still uses it.
    const current = this.#heldEndpoint(identity);
    const isOurs = current === undefined || current.spec.containerID === request.containerID;
    await unwire(
      this.#host,
      { netns: request.netns, ifName: request.ifName, hostInterface: identity.interfaceName },
      isOurs,
    );
    await this.#release(request, identity);
    await attachments.delete(request);
    log.info("detached", { endpoint: `${identity.namespace}/${identity.name}`, containerID: request.containerID });
  }

  /** Frees the addresses of this container and deletes its endpoint, unless a newer container has taken that over. */
  async #release(request: CniRequest, identity: EndpointIdentity): Promise<void> {
    const { handle, namespace } = identity;
    await this.#options.ipam.run({
      handle,
      reason: `CNI DEL ${namespace}/${request.pod?.name ?? request.containerID}`,
      decide: (state) => {
        const released = releaseHandle(state, handle, ipamHashes);
        return released.kind === "released"
          ? { kind: released.kind, changes: released.changes }
          : { kind: released.kind };
      },
      more: async () => {
        const endpoint = await this.#storedEndpoint(identity);
        if (endpoint === undefined || endpoint.spec.containerID !== request.containerID) return [];
        const { name, resourceVersion } = endpoint.metadata;
        return [
          {
            op: "delete",
            ref: { kind: "WorkloadEndpoint", namespace, name },
            ...(resourceVersion !== undefined && { resourceVersion }),
          },
        ];
      },
    });
  }

  async #waitForPolicy(request: CniRequest, revision: number): Promise<void> {
    const limitMs = request.config.policy_setup_timeout_seconds * 1000;
    if (limitMs === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => (timer = setTimeout(() => resolve("late"), limitMs)));
    const outcome = await Promise.race([this.#options.whenProgrammed(revision), late]);
    clearTimeout(timer);
    if (outcome === "late") this.#options.log.warn("policy is late: answering without it", { revision, limitMs });
  }

  #heldEndpoint({ namespace, name }: EndpointIdentity): WorkloadEndpoint | undefined {
    const held = this.#options.held().get(formatRef({ kind: "WorkloadEndpoint", namespace, name }));
    return held as WorkloadEndpoint | undefined; // of that kind by its reference
  }

  async #storedEndpoint({ namespace, name }: EndpointIdentity): Promise<WorkloadEndpoint | undefined> {
    return this.#options.api.get<WorkloadEndpoint>("workloadendpoints", name, namespace);
  }
}

/** True for failures that pass by themselves: the store is away, the API is starting. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiError ? error.code >= 500 || error.code === 429 : !(error instanceof CniError);
}

async function onlyAbsent<T extends KubeObject>(
  objects: readonly T[],
  find: (name: string) => Promise<unknown>,
): Promise<T[]> {
  const found = await Promise.all(objects.map(({ metadata }) => find(metadata.name)));
  return objects.filter((_, i) => found[i] === undefined);
}

/** Locally administered, unicast. */
function randomMac(): string {
  const bytes = randomBytes(6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
