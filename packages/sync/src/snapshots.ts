import { inTurns } from "@percale/daemon";
import { encodeObject } from "@percale/resources";
import type { Encoding } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { putFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";
import type { SyncSource } from "./source.ts";
import type { View } from "./view.ts";

/** A snapshot is good this many times as long as it took to make: in a storm of clients making them takes a fifth of a processor at most. */
const GOOD = 4;

/** One state as a view shows it, for any number of clients. */
export interface Snapshot {
  readonly revision: number;
  /** The messages for this node: its own objects first. */
  frames(node: string): Iterable<Frame>;
  objects(node: string): number;
}

/** Snapshots made once for all who come while they are made or good; what happened since is told to each after it. */
export class Snapshots {
  readonly #source: Pick<SyncSource, "snapshot">;
  readonly #byView = new Map<string, Promise<Snapshot>>();

  constructor(source: Pick<SyncSource, "snapshot">) {
    this.#source = source;
  }

  async take(view: View, encoding: Encoding): Promise<Snapshot> {
    const isOnce = view.once !== undefined;
    const seen = view.once ?? view;
    const key = `${seen.name} ${encoding} ${isOnce}`;
    const known = this.#byView.get(key);
    if (known !== undefined) return known;
    const startedAt = performance.now();
    const made = this.#make(seen).then((state) => (isOnce ? eachOnce(state, encoding) : ownFirst(state, encoding)));
    this.#byView.set(key, made);
    const forget = (): void => void this.#byView.delete(key);
    made.then(() => setTimeout(forget, GOOD * (performance.now() - startedAt)).unref(), forget);
    return made;
  }

  async #make(view: View): Promise<SeenState> {
    const { revision, objects } = await this.#source.snapshot();
    const shared: (string | undefined)[] = [];
    const ownByNode = new Map<string, Map<number, KubeObject>>();
    await inTurns(objects, (object) => {
      const kind = view.kind(object.kind);
      if (kind === undefined) return;
      const [text, node] = [kind.shared(object), kind.nodeOf(object)];
      if (node !== undefined) {
        const own = ownByNode.get(node) ?? new Map<number, KubeObject>();
        ownByNode.set(node, own.set(shared.length, object));
      }
      if (text !== undefined || node !== undefined) shared.push(text);
    });
    return { revision, shared, ownOf: (node) => ownByNode.get(node) ?? new Map<number, KubeObject>() };
  }
}

/** A state as a view shows it, before it is frames. */
interface SeenState {
  readonly revision: number;
  /** JSON that everybody gets, in the order of the state; undefined where one node alone gets anything. */
  readonly shared: readonly (string | undefined)[];
  /** What a node gets whole, by its place among those. */
  readonly ownOf: (node: string) => ReadonlyMap<number, KubeObject>;
}

async function ownFirst({ revision, shared, ownOf }: SeenState, encoding: Encoding): Promise<Snapshot> {
  const shown = shared.filter((text) => text !== undefined);
  const frames: Frame[] = [];
  await inTurns(putFrames(shown, encoding), (frame) => frames.push(frame));
  return {
    revision,
    objects: (node) => shown.length + ownOf(node).size,
    *frames(node) {
      yield* putFrames(ownOf(node).values().map(encodeObject), encoding);
      yield* frames;
    },
  };
}

/** As clients of the first level know it: frames of each one's own, made while they are sent. */
function eachOnce({ revision, shared, ownOf }: SeenState, encoding: Encoding): Snapshot {
  function* textsFor(node: string): Generator<string> {
    const own = ownOf(node);
    for (const [place, text] of shared.entries()) {
      const object = own.get(place);
      const told = object === undefined ? text : encodeObject(object);
      if (told !== undefined) yield told;
    }
  }
  return {
    revision,
    objects: (node) => textsFor(node).reduce((count) => count + 1, 0),
    frames: (node) => putFrames(textsFor(node), encoding),
  };
}
