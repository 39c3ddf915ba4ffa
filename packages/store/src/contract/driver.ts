import type { Datastore, StoreOptions } from "../datastore.ts";

/**
 * What a driver may be unable to promise:
 * `sets` a change set is all or nothing; `order` changes of all kinds have one order, numbered without gaps;
 * `past` lists of an exact revision, and watches from before the window; `history` who changed what and why;
 * `sharing` several processes work on the same data.
 */
export type Ability = "sets" | "order" | "past" | "history" | "sharing";

/** A driver as the contract meets it. */
export interface DatastoreDriver {
  readonly name: string;
  /** Why not: in words, which the skipped tests show. */
  readonly cannot: Partial<Readonly<Record<Ability, string>>>;
  /** Empty data, for one test. */
  newData(): Promise<Data>;
}

export interface Data {
  /** As one more process opens it. The suite closes what it opened before it drops the data. */
  open(options: StoreOptions): Promise<Datastore>;
  drop(): Promise<void>;
}

/** Where one test happens. */
export interface Scene {
  readonly store: Datastore;
  /** The same data as one more process opens it. */
  readonly open: (options?: StoreOptions) => Promise<Datastore>;
}

/** What is promised, in words, and a test of it. */
export type Behaviours = Readonly<Record<string, (scene: Scene) => Promise<void>>>;
