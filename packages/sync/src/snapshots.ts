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
    const key = `${view.name} ${encoding}`;
    const known = this.#byView.get(key);
    if (known !== undefined) return known;
    const startedAt = performance.now();
    const made = this.#make(view, encoding);
    this.#byView.set(key, made);
    const forget = (): void => void this.#byView.delete(key);
    made.then(() => setTimeout(forget, GOOD * (performance.now() - startedAt)).unref(), forget);
    return made;
  }

  async #make(view: View, encoding: Encoding): Promise<Snapshot> {
    const { revision, objects } = await this.#source.snapshot();
    const shown: string[] = [];
    const byNode = new Map<string, KubeObject[]>();
    await inTurns(objects, (object) => {
      const kind = view.kind(object.kind);
      if (kind === undefined) return;
      const node = kind.nodeOf(object);
      if (node !== undefined) {
        const own = byNode.get(node) ?? [];
        byNode.set(node, own);
        own.push(object);
      }
      const text = kind.shared(object);
      if (text !== undefined) shown.push(text);
    });
    const shared: Frame[] = [];
    await inTurns(putFrames(shown, encoding), (frame) => shared.push(frame));
    return {
      revision,
      objects: (node) => shown.length + (byNode.get(node)?.length ?? 0),
      *frames(node) {
        yield* putFrames((byNode.get(node) ?? []).map(encodeObject), encoding);
        yield* shared;
      },
    };
  }
}
