import { closedBlock, handleName, hostOwner, ipamStateOf, runIpam } from "@percale/ipam";
import type { IPAMBlock, IpamChange, IpamState } from "@percale/ipam";
import { formatRef, IPAMHandle, kindsReadBy, Node, refOf, resourceDefinitions } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { ChangeSetResult } from "@percale/protocol";
import { sleepMs } from "@percale/daemon";
import { ApiError } from "../api/client.ts";
import type { ApiClient } from "../api/client.ts";

/** Between two attempts of one request: long enough for the other writer to be done, short enough for an ADD. */
const RETRY_MS = 4;

export interface NodeIpamOptions {
  readonly api: Pick<ApiClient, "apply" | "get" | "list">;
  readonly node: string;
  /** What the stream gave so far, and the revision it stands at. */
  readonly held: () => { readonly objects: ReadonlyMap<string, KubeObject>; readonly revision: number };
  readonly now: () => number;
}

interface Outcome {
  readonly kind: string;
  readonly changes?: readonly IpamChange[];
}

export interface IpamRequest<O extends Outcome> {
  readonly handle: string;
  /** Nobody holds anything with this handle yet; where somebody does, the write fails and is decided anew. */
  readonly isNew: boolean;
  /** Kept beside the revisions. */
  readonly reason: string;
  readonly decide: (state: IpamState) => O;
  /** Changes that belong into the same change set. */
  readonly more: (outcome: O, attempt: number) => Promise<readonly IpamChange[]>;
}

interface Own {
  readonly revision: number;
  /** undefined: deleted by us. */
  readonly object: KubeObject | undefined;
}

/**
 * IPAM of one node against the store: decides on what the stream and its own last writes show, and reads from the API only when
 * that turned out to be stale or not enough. The stream shows this node's blocks, and of others that they are there; handles it
 * does not show: those that this process wrote it remembers, others it asks for. Requests run one after another, so they never
 * conflict with each other.
 */
export class NodeIpam {
  readonly #options: NodeIpamOptions;
  /** Our last writes, until the stream has passed them; handles as long as they hold something. */
  readonly #own = new Map<string, Own>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: NodeIpamOptions) {
    this.#options = options;
  }

  /** Decides and writes, with what `more` adds, in one change set. The result is absent when nothing had to be written. */
  async run<O extends Outcome>(
    request: IpamRequest<O>,
  ): Promise<{ readonly outcome: O; readonly result: ChangeSetResult | undefined }> {
    const run = this.#turn.then(() => this.#run(request));
    this.#turn = run.catch(() => undefined);
    return run;
  }

  async #run<O extends Outcome>({ handle, isNew, reason, decide, more }: IpamRequest<O>) {
    let result: ChangeSetResult | undefined;
    const outcome = await runIpam<O>({
      read: async (attempt) =>
        (attempt === 0 ? await this.#quickState(handle, isNew) : undefined) ?? this.#certainState(handle),
      decide,
      apply: async (outcome, attempt) => {
        // A refusal is final only when it was made on fresh data.
        if (outcome.changes === undefined) return attempt > 0;
        const changes = [...outcome.changes, ...(await more(outcome, attempt))];
        if (changes.length === 0) return true;
        try {
          result = await this.#options.api.apply({ changes, reason });
        } catch (error) {
          if (error instanceof ApiError && error.isConflict) return false;
          throw error;
        }
        this.#remember(changes, result);
        return true;
      },
      retry: (attempt) => sleepMs(attempt === 0 ? 0 : RETRY_MS * (1 + Math.random())),
    });
    return { outcome, result };
  }

  /** What is at hand; undefined where it is not enough: what holds addresses in others' blocks can't be released on it. */
  async #quickState(handle: string, isNew: boolean): Promise<IpamState | undefined> {
    const { api, held, node } = this.#options;
    const name = handleName(handle);
    const key = formatRef({ kind: IPAMHandle.kind, name });
    const own = this.#own.get(key);
    const known = own === undefined ? held().objects.get(key) : own.object;
    const stored = known ?? (isNew ? undefined : await api.get("ipamhandles", name));
    const state = this.#state(this.#fromStream(), stored as IPAMHandle | undefined); // of that kind by its reference
    const owner = hostOwner(node);
    const isOwn = ({ spec }: IPAMBlock): boolean => spec.affinity === owner;
    const ownCidrs = new Set(state.blocks.filter(isOwn).map(({ spec }) => spec.cidr));
    const cidrs = Object.keys(state.handles[0]?.spec.block ?? {});
    if (!isNew && cidrs.some((cidr) => !ownCidrs.has(cidr))) return undefined;
    return { ...state, blocks: state.blocks.map((block) => (isOwn(block) ? block : closedBlock(block))) };
  }

  async #certainState(handle: string): Promise<IpamState> {
    const objects = await this.#fromApi();
    return this.#state(objects, await this.#options.api.get<IPAMHandle>("ipamhandles", handleName(handle)));
  }

  #state(objects: readonly KubeObject[], handle: IPAMHandle | undefined): IpamState {
    return { ...ipamStateOf(objects, this.#options.now()), handles: handle === undefined ? [] : [handle] };
  }

  #fromStream(): KubeObject[] {
    const { objects, revision } = this.#options.held();
    for (const [key, own] of this.#own)
      if (own.revision <= revision && own.object?.kind !== IPAMHandle.kind) this.#own.delete(key);
    const merged: KubeObject[] = [];
    for (const [key, object] of objects) if (IPAM_KINDS.has(object.kind) && !this.#own.has(key)) merged.push(object);
    for (const { object } of this.#own.values()) if (object !== undefined) merged.push(object);
    return merged;
  }

  async #fromApi(): Promise<KubeObject[]> {
    const { api, held, node } = this.#options;
    const [me, ...lists] = await Promise.all([api.get("nodes", node), ...LISTED.map((plural) => api.list(plural))]);
    // Whose block is given up depends on its own node's labels.
    const others = [...held().objects.values()].filter(
      ({ kind, metadata }) => kind === Node.kind && metadata.name !== node,
    );
    return [...(me === undefined ? [] : [me]), ...others, ...lists.flat()];
  }

  #remember(changes: readonly IpamChange[], result: ChangeSetResult): void {
    const revision = Number(result.resourceVersion);
    for (const [i, change] of changes.entries()) {
      const ref = change.op === "delete" ? change.ref : refOf(change.object);
      if (!IPAM_KINDS.has(ref.kind)) continue;
      this.#own.set(formatRef(ref), { revision, object: change.op === "delete" ? undefined : result.objects[i] });
    }
  }
}

const IPAM_KINDS: ReadonlySet<string> = new Set(kindsReadBy("ipam"));
/** Those that are read whole. Of nodes the stream says enough, handles are asked for by name. */
const LISTED = resourceDefinitions
  .filter(({ kind }) => IPAM_KINDS.has(kind) && kind !== Node.kind && kind !== IPAMHandle.kind)
  .map(({ plural }) => plural);
