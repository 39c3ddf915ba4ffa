import type { Untold } from "../words/untold.ts";

/** In the place of something that nobody has told yet, or that nobody could: why, says the notice above. */
export function UntoldMark({ untold }: { readonly untold: Untold }) {
  if (untold === "unknown") return <span className="muted">unknown</span>;
  return <span className="skel skel-word" role="status" aria-label="Loading" />;
}
