import { defineCondition } from "./define.ts";
import type { ConditionKind } from "./define.ts";

interface Named {
  readonly kind: string;
  readonly name: string;
}

/** Why a stored object is not wholly in force, as the calculation graph tells it. */
type Reason = "Invalid" | "Unsupported" | "Conflict" | "Missing";

const MEANING: Readonly<Record<Reason, string>> = {
  Invalid: "A field says what cannot be: a part of the object counts as the detail says.",
  Unsupported: "The object asks for what this version or this node cannot do.",
  Conflict: "Two objects claim the same thing; the detail says which one has it.",
  Missing: "The object names another one that is not there.",
};

function notInForce(reason: Reason): ConditionKind<Named> {
  return defineCondition({
    code: `Object${reason}`,
    severity: "warning",
    about: "any object that the agents read",
    samples: [{ kind: "NetworkPolicy", name: "orders" }],
    title: ({ kind, name }: Named) => `${kind} ${name} is not wholly in force`,
    advice: "Correct the object; until then it counts as what the message says.",
    means: MEANING[reason],
    look: "the object that it names: `percale get <kind> <name> -o yaml`",
  });
}

export const ObjectInvalid = notInForce("Invalid");
export const ObjectUnsupported = notInForce("Unsupported");
export const ObjectConflict = notInForce("Conflict");
export const ObjectMissing = notInForce("Missing");
