import { formatRef, Profile } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";

/** What is wrong with an object, in the manner of a Kubernetes condition. */
export interface Problem {
  readonly ref: ObjectRef;
  readonly type: "Programmed";
  readonly status: "False";
  readonly reason: "Invalid" | "Unsupported" | "Conflict" | "Missing";
  readonly message: string;
}

/** Where in the engine it was noticed: an object can be wrong in one place and right in another. */
export type Stage = "object" | "rules" | "interface" | "support";

const REASONS = { object: "Invalid", rules: "Invalid", interface: "Conflict", support: "Unsupported" } as const;

export class Problems {
  readonly #byPlace = new Map<string, Problem>();

  report(ref: ObjectRef, stage: Stage, message: string): void {
    const reason = ref.kind === Profile.kind && message.includes("missing") ? "Missing" : REASONS[stage];
    this.#byPlace.set(place(ref, stage), { ref, type: "Programmed", status: "False", reason, message });
  }

  clear(ref: ObjectRef, stage: Stage): void {
    if (this.#byPlace.size > 0) this.#byPlace.delete(place(ref, stage));
  }

  list(): readonly Problem[] {
    return [...this.#byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
  }
}

function place(ref: ObjectRef, stage: Stage): string {
  return `${formatRef(ref)} ${stage}`;
}
