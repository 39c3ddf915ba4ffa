/** One object as its clients may think of it: absent, or a value at a version. */
export type Register = { readonly version: number; readonly value: string } | undefined;

/** What a client asked of one object. An update holds only at its version, as does a delete that names one. */
export type Asked =
  | { readonly verb: "read" }
  | { readonly verb: "create" | "patch"; readonly value: string }
  | { readonly verb: "update"; readonly value: string; readonly version: number }
  | { readonly verb: "delete"; readonly version?: number };

/** What it was answered. `maybe`: no answer came, or one that says neither yes nor no. */
export type Told =
  | { readonly outcome: "read"; readonly version: number; readonly value: string }
  | { readonly outcome: "written"; readonly version: number }
  | { readonly outcome: "deleted" | "missing" | "exists" | "conflict" | "maybe" };

export interface Operation {
  readonly asked: Asked;
  readonly told: Told;
  /** Milliseconds on the clock of the one process that all clients are in; it took effect in between. */
  readonly from: number;
  /** Infinite where no answer came. */
  readonly to: number;
}

/** The states in which the object may be after the operation, had it been in `state` before; none where that answer can't be. */
export function after(state: Register, { asked, told }: Operation): readonly Register[] {
  switch (told.outcome) {
    case "read":
      return state?.version === told.version && state.value === told.value ? [state] : [];
    case "written":
      return takesEffect(state, asked) && "value" in asked ? [{ version: told.version, value: asked.value }] : [];
    case "deleted":
      return takesEffect(state, asked) ? [undefined] : [];
    case "missing":
      return state === undefined ? [state] : [];
    case "exists":
      return state === undefined ? [] : [state];
    case "conflict":
      // A patch that loses every race says so, whatever the object is like.
      return asked.verb === "patch" || (state !== undefined && !takesEffect(state, asked)) ? [state] : [];
    case "maybe":
      return asked.verb === "delete" && takesEffect(state, asked) ? [state, undefined] : [state];
  }
}

function takesEffect(state: Register, asked: Asked): boolean {
  if (asked.verb === "create") return state === undefined;
  return state !== undefined && (!("version" in asked) || asked.version === state.version);
}
