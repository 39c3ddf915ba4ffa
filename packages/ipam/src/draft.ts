import { containsCidr, parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import { API_VERSION, BlockAffinity, IPAMBlock, IPAMHandle } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { thaw } from "./block.ts";
import type { BlockAffinitySpec, IPAMBlockSpec, IpamChange, IpamHashes, IPAMHandleSpec, IpamState } from "./model.ts";
import { affinityName, blockName, handleName, ownerLabels } from "./names.ts";

/** Blocks, affinities and handles while a decision is made about them; ends as the change set from how they were to how they are. */
export class Draft {
  readonly #state: IpamState;
  readonly #hashes: IpamHashes;
  readonly #storedBlocks: ReadonlyMap<string, IPAMBlock>;
  readonly #storedAffinities: ReadonlyMap<string, BlockAffinity>;
  readonly #storedHandles: ReadonlyMap<string, IPAMHandle>;
  /** What a decision wrote; undefined = deleted. */
  readonly #blocks = new Map<string, IPAMBlockSpec | undefined>();
  readonly #affinities = new Map<string, BlockAffinitySpec | undefined>();
  readonly #handles = new Map<string, IPAMHandleSpec>();

  constructor(state: IpamState, hashes: IpamHashes) {
    this.#state = state;
    this.#hashes = hashes;
    this.#storedBlocks = new Map(state.blocks.map((object) => [object.spec.cidr, object]));
    this.#storedAffinities = new Map(state.affinities.map((object) => [object.metadata.name, object]));
    this.#storedHandles = new Map(state.handles.map((object) => [object.metadata.name, object]));
  }

  /** The block as it stands, cooled-down addresses freed. */
  block(cidr: string): IPAMBlockSpec | undefined {
    if (this.#blocks.has(cidr)) return this.#blocks.get(cidr);
    const stored = this.#storedBlocks.get(cidr)?.spec;
    if (stored === undefined || stored.deleted === true) return undefined;
    return thaw(stored, this.#state.nowMs, this.#state.config.ipCooldownSeconds);
  }

  /** Blocks inside any of these prefixes, in the order of the list. */
  *blocksIn(cidrs: readonly Cidr[]): Generator<IPAMBlockSpec> {
    for (const text of new Set([...this.#storedBlocks.keys(), ...this.#blocks.keys()])) {
      const cidr = parseCidr(text);
      if (!cidrs.some((outer) => containsCidr(outer, cidr))) continue;
      const block = this.block(text);
      if (block !== undefined) yield block;
    }
  }

  /** The highest sequence number stored under that CIDR, also by a block marked deleted. */
  lastSequence(cidr: string): number {
    return this.#storedBlocks.get(cidr)?.spec.sequenceNumber ?? 0;
  }

  putBlock(block: IPAMBlockSpec): void {
    this.#blocks.set(block.cidr, block);
  }

  deleteBlock(cidr: string): void {
    this.#blocks.set(cidr, undefined);
  }

  confirmAffinity(node: string, cidr: string): void {
    const name = affinityName(node, cidr, this.#hashes);
    const stored = this.#storedAffinities.get(name)?.spec;
    if (stored?.state === "confirmed" && !stored.deleted) this.#affinities.delete(name);
    else this.#affinities.set(name, { state: "confirmed", node, type: "host", cidr, deleted: false });
  }

  deleteAffinity(node: string, cidr: string): void {
    this.#affinities.set(affinityName(node, cidr, this.#hashes), undefined);
  }

  /** Counts addresses of a block for a handle; a count never falls below 0. */
  count(handle: string, cidr: string, delta: number): void {
    const spec = this.#handles.get(handleName(handle)) ?? this.#storedHandles.get(handleName(handle))?.spec;
    const { [cidr]: old = 0, ...others } = spec?.block ?? {};
    const now = old + delta;
    this.#handles.set(handleName(handle), {
      handleID: spec?.handleID ?? handle,
      block: now > 0 ? { ...others, [cidr]: now } : others,
      deleted: false,
    });
  }

  /** Blocks that a handle is said to hold addresses of. */
  blocksOfHandle(handle: string): readonly string[] {
    return Object.keys(this.#storedHandles.get(handleName(handle))?.spec.block ?? {});
  }

  changes(): IpamChange[] {
    return [
      ...[...this.#affinities].flatMap(([name, spec]) =>
        change(BlockAffinity.kind, name, this.#storedAffinities.get(name), spec, () =>
          ownerLabels(spec!.node, parseCidr(spec!.cidr).family, this.#hashes),
        ),
      ),
      ...[...this.#blocks].flatMap(([cidr, spec]) => {
        const stored = this.#storedBlocks.get(cidr);
        const next =
          spec === undefined || stored === undefined
            ? spec
            : { ...spec, sequenceNumber: Math.max(spec.sequenceNumber, stored.spec.sequenceNumber + 1) };
        return change(IPAMBlock.kind, blockName(cidr), stored, next);
      }),
      ...[...this.#handles].flatMap(([name, spec]) =>
        change(
          IPAMHandle.kind,
          name,
          this.#storedHandles.get(name),
          Object.keys(spec.block).length > 0 ? spec : undefined,
        ),
      ),
    ];
  }
}

function change(
  kind: string,
  name: string,
  stored: KubeObject | undefined,
  spec: unknown,
  labels?: () => Record<string, string>,
): IpamChange[] {
  if (spec === undefined) {
    const resourceVersion = stored?.metadata.resourceVersion;
    if (stored === undefined) return [];
    return [{ op: "delete", ref: { kind, name }, ...(resourceVersion !== undefined && { resourceVersion }) }];
  }
  if (stored !== undefined) return [{ op: "update", object: { ...stored, spec } }];
  const metadata = labels === undefined ? { name } : { name, labels: labels() };
  return [{ op: "create", object: { apiVersion: API_VERSION, kind, metadata, spec } }];
}
