import type { IconName } from "../../parts/icon.tsx";

/** One thing that the palette offers. */
export interface Entry {
  readonly id: string;
  readonly icon: IconName;
  /** What it is called, in the fixed-width face where it is a name. */
  readonly name: string;
  readonly isWords?: boolean;
  readonly detail?: string;
  /** What choosing it does: "Open endpoint". */
  readonly verb: string;
  readonly does: { readonly go: string } | { readonly command: Command };
}

export type Command = "undo" | "pause" | "dark" | "light" | "system";

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}
