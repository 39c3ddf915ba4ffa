import { StatusError, tooLarge } from "@percale/resources";
import { MAX_BODY_BYTES } from "./body.ts";

const MAX_DEPTH = 64;
/** Elements of a list that cost as much to move as one character to copy. */
const SHIFTS = 16;

/** What one patch may cost, in characters of JSON copied. Each method charges first: past the end it throws StatusError 413. */
export class Budget {
  #left = MAX_BODY_BYTES;

  /** A copy of the value, to be put `depth` steps deep. */
  copy(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) {
      this.#spend(typeof value === "string" ? value.length + 2 : 4);
      return value;
    }
    if (depth >= MAX_DEPTH) throw new StatusError("Invalid", `the patched object would nest deeper than ${MAX_DEPTH}`);
    if (Array.isArray(value)) {
      this.#spend(2 + value.length);
      return value.map((item) => this.copy(item, depth + 1));
    }
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      this.#spend(key.length + 4);
      setOwn(result, key, this.copy(item, depth + 1));
    }
    return result;
  }

  /** Moving so many elements of a list to make or close a gap. */
  shift(elements: number): void {
    this.#spend(Math.ceil(elements / SHIFTS));
  }

  /** Deep equality as RFC 6902, section 4.6 wants it: objects without order. */
  isEqual(a: unknown, b: unknown): boolean {
    if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) {
      this.#spend(1);
      return a === b;
    }
    const [keys, others] = [Object.keys(a), Object.keys(b)];
    this.#spend(keys.length);
    return (
      Array.isArray(a) === Array.isArray(b) &&
      keys.length === others.length &&
      others.every((key) => Object.hasOwn(a, key) && this.isEqual(a[key as keyof typeof a], b[key as keyof typeof b]))
    );
  }

  #spend(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw tooLarge(MAX_BODY_BYTES);
  }
}

/** Also for a key called `__proto__`, which assigned would become the object's prototype. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}
