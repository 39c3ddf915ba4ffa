import { isSubdomain, qualifiedNameFault } from "./metadata.ts";
import { sha256Hex } from "./sha256.ts";

const HASHED = /-x[0-9a-f]{40}$/;
const HASH_LENGTH = "-x".length + 40;

export interface NameRule {
  /** Whether a text can stand as it is. */
  readonly isLegal: (text: string) => boolean;
  readonly maxLength: number;
}

/** What may stand as the name of a label, without a prefix. */
export const LABEL_NAME: NameRule = {
  isLegal: (text) => !text.includes("/") && qualifiedNameFault(text) === undefined,
  maxLength: 63,
};
const OBJECT_NAME: NameRule = { isLegal: isSubdomain, maxLength: 253 };

/**
 * An object's name for a text: the text itself where that is legal, else a readable beginning and a hash of the whole.
 * No two texts share a name: whatever looks hashed is hashed. `identity` is what tells two texts apart, if that is more.
 */
export function derivedName(text: string, identity = text, { isLegal, maxLength }: NameRule = OBJECT_NAME): string {
  if (isLegal(text) && !HASHED.test(text)) return text;
  const readable = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, maxLength - HASH_LENGTH)
    .replaceAll(/^-+|-+$/g, "");
  return `${readable === "" ? "x" : readable}-x${sha256Hex(identity).slice(0, 40)}`;
}

/** True for names that were made with a hash: they cannot be taken apart. */
export function isHashedName(name: string): boolean {
  return hashIn(name) !== undefined;
}

/** The hash that the name was made with; the same in every name of one text. */
export function hashIn(name: string): string | undefined {
  return HASHED.exec(name)?.[0];
}
