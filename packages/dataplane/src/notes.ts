import type { StateChange } from "@percale/policy";

type Kind = StateChange["t"];

/** What each kind of change touches. One about which nothing is said does not compile. */
export type Notes = { readonly [T in Kind]: (change: Extract<StateChange, { readonly t: T }>) => void };

/** Takes each change to what is said of its kind. */
export function noting(notes: Notes): (change: StateChange) => void {
  return (change) => (notes[change.t] as (change: StateChange) => void)(change); // it is the one that takes this kind
}

/** For kinds of change that touch nothing. */
export function ignoring<T extends Kind>(...kinds: readonly T[]): Readonly<Record<T, () => void>> {
  return Object.fromEntries(kinds.map((kind) => [kind, () => {}])) as Record<T, () => void>; // of each kind given
}
