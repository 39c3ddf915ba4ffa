import { ipamHashes } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { assignAddress, autoAssign, releaseHandle } from "@percale/ipam";
import type { AssignOutcome, IpamChange } from "@percale/ipam";
import { formatRef, Profile, WorkloadEndpoint } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { isWhole } from "../sync/held.ts";
import { ApiError } from "../api/client.ts";
import type { ApiClient } from "../api/client.ts";
import { endpointOf, missingProfiles, profileNames } from "./endpoint.ts";
import { CniCode } from "@percale/protocol";
import { CniError } from "./errors.ts";
import type { EndpointIdentity } from "./identity.ts";
import type { NodeIpam } from "./ipam.ts";
import type { CniRequest } from "./request.ts";

export interface EndpointStoreOptions {
  readonly node: string;
  readonly api: Pick<ApiClient, "get">;
  readonly ipam: NodeIpam;
  readonly held: () => ReadonlyMap<string, KubeObject>;
  /** Called by each ADD: why there was no address, or undefined when there was. */
  readonly onAddress: (refusal: string | undefined) => void;
  readonly log: Logger;
  readonly now: () => number;
}

export interface Entry {
  readonly request: CniRequest;
  readonly identity: EndpointIdentity;
  readonly hostInterface: string;
  readonly mac: string;
}

interface Written {
  readonly addresses: readonly string[];
  readonly revision: number;
}

/** The store's half of an attachment: addresses, handle, block and endpoint, always in one change set. */
export class EndpointStore {
  readonly #options: EndpointStoreOptions;

  constructor(options: EndpointStoreOptions) {
    this.#options = options;
  }

  /** As the stream has it, if it is this node's. */
  held({ namespace, name }: Pick<EndpointIdentity, "namespace" | "name">): WorkloadEndpoint | undefined {
    const held = this.#options.held().get(formatRef({ kind: WorkloadEndpoint.kind, namespace, name }));
    return held !== undefined && isWhole(held) ? (held as WorkloadEndpoint) : undefined; // of that kind by its reference
  }

  /** A server that does not let nodes make this profile still lets them attach; the endpoint then waits for somebody to make it. */
  async enter(entry: Entry): Promise<Written> {
    try {
      return await this.#write(entry, { withProfiles: true });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 403) throw error;
      this.#options.log.warn("this node may not create the profiles of this workload: create them yourself", {
        profiles: profileNames(entry.request, entry.identity),
        error: error.message,
      });
      return this.#write(entry, { withProfiles: false });
    }
  }

  /**
   * Frees the addresses of this container and deletes its endpoint, unless a newer container has taken that over.
   * `previous`: what the endpoint was before, and is again.
   */
  async remove(request: CniRequest, identity: EndpointIdentity, previous?: WorkloadEndpoint): Promise<void> {
    const { handle, namespace } = identity;
    await this.#options.ipam.run({
      handle,
      isNew: false,
      reason: `CNI DEL ${namespace}/${request.pod?.name ?? request.containerID}`,
      decide: (state) => {
        const released = releaseHandle(state, handle, ipamHashes);
        return released.kind === "released"
          ? { kind: released.kind, changes: released.changes }
          : { kind: released.kind };
      },
      more: async () => {
        const endpoint = await this.#stored(identity);
        if (endpoint === undefined || endpoint.spec.containerID !== request.containerID) return [];
        if (previous !== undefined && previous.spec.containerID !== request.containerID)
          return [
            {
              op: "update",
              object: { ...previous, metadata: { ...endpoint.metadata, labels: previous.metadata.labels ?? {} } },
            },
          ];
        const { name, resourceVersion } = endpoint.metadata;
        return [
          {
            op: "delete",
            ref: { kind: WorkloadEndpoint.kind, namespace, name },
            ...(resourceVersion !== undefined && { resourceVersion }),
          },
        ];
      },
    });
  }

  async #write(entry: Entry, { withProfiles }: { readonly withProfiles: boolean }): Promise<Written> {
    const { request, identity } = entry;
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
      isNew: true,
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
      more: (outcome, attempt) => this.#endpointChanges(entry, { withProfiles, outcome, attempt }),
    });
    this.#options.onAddress(outcome.kind === "assigned" ? undefined : outcome.message);
    if (outcome.kind !== "assigned")
      throw new CniError(CniCode.exhausted, "no address for the workload", outcome.message);
    return {
      addresses: outcome.addresses.map(({ address }) => address),
      revision: Number(result?.resourceVersion ?? 0),
    };
  }

  async #endpointChanges(
    entry: Entry,
    options: { readonly withProfiles: boolean; readonly outcome: AssignOutcome; readonly attempt: number },
  ): Promise<readonly IpamChange[]> {
    const { request, identity } = entry;
    const { withProfiles, outcome, attempt } = options;
    if (outcome.kind !== "assigned") return [];
    const { node, api, held } = this.#options;
    const old = attempt === 0 ? this.held(identity) : await this.#stored(identity);
    const profiles = missingProfiles(request, identity, (name) => held().has(formatRef({ kind: Profile.kind, name })));
    const absent = !withProfiles
      ? []
      : attempt === 0
        ? profiles
        : await onlyAbsent(profiles, (name) => api.get("profiles", name));
    const addresses = outcome.addresses.map(({ address }) => address);
    const object = endpointOf({ ...entry, node, old, addresses });
    return [
      ...absent.map((profile): IpamChange => ({ op: "create", object: profile })),
      { op: old === undefined ? "create" : "update", object },
    ];
  }

  async #stored({ namespace, name }: EndpointIdentity): Promise<WorkloadEndpoint | undefined> {
    return this.#options.api.get<WorkloadEndpoint>("workloadendpoints", name, namespace);
  }
}

async function onlyAbsent<T extends KubeObject>(
  objects: readonly T[],
  find: (name: string) => Promise<unknown>,
): Promise<T[]> {
  const found = await Promise.all(objects.map(({ metadata }) => find(metadata.name)));
  return objects.filter((_, i) => found[i] === undefined);
}
