import { formatRef, kindsWhere, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Hello, ServerMessage, Welcome } from "@percale/protocol";

/** What one message of the stream means for those who follow the objects. */
export type SyncStep =
  | { readonly t: "none" }
  /** Objects of a snapshot under way: good to calculate with, not yet to be programmed. */
  | { readonly t: "loading"; readonly puts: readonly KubeObject[] }
  /** One step from one state that existed to another. `complete`: the first whole state, or a new one after a gap. */
  | {
      readonly t: "step";
      readonly puts: readonly KubeObject[];
      readonly deletes: readonly ObjectRef[];
      readonly revision: number;
      readonly complete: boolean;
      /** Deletions held back because the snapshot lacks suspiciously much; call `releaseHeld` after a while. */
      readonly heldBack: number;
    }
  /** The stream broke its promise: close with 4007 and start over. */
  | { readonly t: "fault"; readonly text: string };

/** False for the form in which a node sees what is not its own: to calculate with, never to write back. */
export function isWhole({ metadata }: KubeObject): boolean {
  return metadata.resourceVersion !== undefined;
}

/** A snapshot that lacks more than half of what was held, and more than this many, is not believed at once (calico #5173). */
const SUSPICIOUS_LOSS = 100;
const GUARDED_KINDS: ReadonlySet<string> = new Set(kindsWhere(({ traits }) => traits.guarded));

/** The objects that the stream gave, and where in the log they stand. Pure: messages in, steps out. */
export class HeldObjects {
  readonly objects = new Map<string, KubeObject>();
  #welcome: Pick<Welcome, "epoch" | "scopeDigest"> | undefined;
  /** Of the last whole snapshot. */
  #epoch: string | undefined;
  #scopeDigest = "";
  #revision = 0;
  #isComplete = false;
  /** References seen in the snapshot under way; undefined outside one. */
  #seen: Set<string> | undefined;
  /** Parts of a transaction whose last part is still to come: by reference what was said first. */
  #parts: Map<string, KubeObject | ObjectRef> | undefined;
  readonly #heldBack = new Map<string, ObjectRef>();

  get revision(): number {
    return this.#revision;
  }

  /** True once a whole state was received. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Where to resume, if there is anything to resume from. */
  get resume(): NonNullable<Hello["resume"]> | undefined {
    if (!this.#isComplete || this.#epoch === undefined || this.#seen !== undefined) return undefined;
    return { epoch: this.#epoch, revision: this.#revision, scopeDigest: this.#scopeDigest };
  }

  /** A connection ended: parts that were not whole are forgotten. */
  disconnected(): void {
    this.#parts = undefined;
    // A half-received snapshot mixed new objects with old ones: only another snapshot makes it whole.
    if (this.#seen !== undefined) this.#epoch = undefined;
    this.#seen = undefined;
  }

  receive(message: ServerMessage): SyncStep {
    switch (message.t) {
      case "welcome":
        this.#welcome = message;
        // What is held stands nowhere in this log, or in another scope, until a snapshot has come whole.
        if (message.mode === "snapshot") this.#epoch = undefined;
        return { t: "none" };
      case "snapshotBegin":
        this.#seen = new Set();
        this.#parts = undefined;
        return { t: "none" };
      case "put":
        if (this.#seen === undefined) return { t: "fault", text: "put outside a snapshot" };
        return { t: "loading", puts: this.#load(message.objects, this.#seen) };
      case "snapshotEnd":
        return this.#endSnapshot(message.revision);
      case "delta":
        return this.#delta(message);
      case "bookmark":
        if (this.#parts !== undefined || this.#seen !== undefined || message.revision <= this.#revision)
          return { t: "none" };
        this.#revision = message.revision;
        return { t: "step", puts: [], deletes: [], revision: message.revision, complete: false, heldBack: 0 };
      case "ping":
      case "pong":
      case "reject":
      case "state":
        return { t: "none" };
    }
  }

  /** The deletions that were held back, now believed. */
  releaseHeld(): readonly ObjectRef[] {
    if (this.#seen !== undefined) return []; // the snapshot under way says better
    const refs = [...this.#heldBack.values()];
    for (const key of this.#heldBack.keys()) this.objects.delete(key);
    this.#heldBack.clear();
    return refs;
  }

  /** What was said first in a snapshot holds: this node's own objects come whole before all others come in the form that all get. */
  #load(objects: readonly KubeObject[], seen: Set<string>): KubeObject[] {
    return objects.filter((object) => {
      const key = formatRef(refOf(object));
      if (seen.has(key)) return false;
      seen.add(key);
      this.#put(key, object);
      return true;
    });
  }

  #put(key: string, object: KubeObject): void {
    this.objects.set(key, object);
    this.#heldBack.delete(key);
  }

  #endSnapshot(revision: number): SyncStep {
    const seen = this.#seen;
    if (seen === undefined) return { t: "fault", text: "snapshotEnd without snapshotBegin" };
    this.#seen = undefined;
    this.#revision = revision;
    this.#isComplete = true;
    this.#epoch = this.#welcome?.epoch;
    this.#scopeDigest = this.#welcome?.scopeDigest ?? "";
    const missing = [...this.objects].filter(([key]) => !seen.has(key));
    // Missing twice in a row is agreement.
    const isAgreed = this.#heldBack.size > 0 && missing.every(([key]) => this.#heldBack.has(key));
    if (!isAgreed && this.#isSuspicious(missing.map(([, object]) => object))) {
      for (const [key, object] of missing) this.#heldBack.set(key, refOf(object));
      return { t: "step", puts: [], deletes: [], revision, complete: true, heldBack: missing.length };
    }
    this.#heldBack.clear();
    for (const [key] of missing) this.objects.delete(key);
    return {
      t: "step",
      puts: [],
      deletes: missing.map(([, object]) => refOf(object)),
      revision,
      complete: true,
      heldBack: 0,
    };
  }

  #isSuspicious(missing: readonly KubeObject[]): boolean {
    const lost = missing.filter(({ kind }) => GUARDED_KINDS.has(kind)).length;
    let held = 0;
    for (const { kind } of this.objects.values()) if (GUARDED_KINDS.has(kind)) held++;
    return held > SUSPICIOUS_LOSS && lost * 2 > held;
  }

  #delta(message: Extract<ServerMessage, { t: "delta" }>): SyncStep {
    if (this.#seen !== undefined) return { t: "fault", text: "delta inside a snapshot" };
    const { fromRev, toRev, more = false } = message;
    if (fromRev > this.#revision)
      return { t: "fault", text: `delta from ${fromRev} does not follow ${this.#revision}` };
    if (toRev < this.#revision) return { t: "fault", text: `delta to ${toRev} goes back behind ${this.#revision}` };
    const parts = this.#parts ?? new Map<string, KubeObject | ObjectRef>();
    for (const change of [...message.puts, ...message.deletes]) {
      const key = formatRef("metadata" in change ? refOf(change) : change);
      if (!parts.has(key)) parts.set(key, change);
    }
    this.#parts = more ? parts : undefined;
    if (more) return { t: "none" };
    const puts: KubeObject[] = [];
    const deletes: ObjectRef[] = [];
    for (const [key, change] of parts) {
      if ("metadata" in change) {
        this.#put(key, change);
        puts.push(change);
      } else {
        this.objects.delete(key);
        this.#heldBack.delete(key);
        deletes.push(change);
      }
    }
    this.#revision = toRev;
    return { t: "step", puts, deletes, revision: toRev, complete: false, heldBack: 0 };
  }
}
