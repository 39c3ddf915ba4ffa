/** What came of a verb on several objects, in calicoctl's words. Source: projectcalico/calico `calicoctl/calicoctl/commands/common/resources.go`. */
import { ExitError } from "../exit-error.ts";

export const PAST = {
  create: "created",
  apply: "applied",
  replace: "replaced",
  delete: "deleted",
  validate: "validated",
  patch: "patched",
} as const;

export interface Fault {
  readonly kind: string;
  readonly words: string;
}

export interface Outcome {
  /** The kinds of all objects, those at fault too. */
  readonly kinds: readonly string[];
  readonly faults: readonly Fault[];
}

export const NOTHING = "No resources specified\n";

/** What to say on stdout. Where something is at fault it throws ExitError, after `say` has told what was done. */
export function tell(verb: keyof typeof PAST, { kinds, faults }: Outcome, say: (text: string) => void): string {
  if (kinds.length === 0) return NOTHING;
  const done = kinds.length - faults.length;
  const only = new Set(kinds).size === 1 ? `'${kinds[0]}' ` : "";
  const success =
    verb === "patch"
      ? `Successfully patched ${done} ${only}resource\n`
      : `Successfully ${PAST[verb]} ${done} ${only}resource(s)\n`;
  if (faults.length === 0) return success;
  if (verb === "delete") {
    if (done > 0) say(success);
    throw new ExitError(faults.map(({ kind, words }) => `Failed to delete '${kind}' resource: ${words}`).join("\n"));
  }
  const list = `[${faults.map(({ words }) => words).join(", ")}]`;
  if (done === 0)
    throw new ExitError(
      `failed to ${verb} ${kinds.length === 1 ? `${only}resource` : `any ${only}resources`}: ${list}`,
    );
  say(`Partial success: ${PAST[verb]} the first ${done} out of ${kinds.length} ${only}resources:\n`);
  throw new ExitError(`hit error: ${list}`);
}
