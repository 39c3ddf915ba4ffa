import { formatPath } from "./issue.ts";
import type { FieldIssue } from "./issue.ts";

/** Objects nest to 20 with managedFields in them; what is deeper would only exhaust somebody's stack. */
const MAX_DEPTH = 64;
/** Ten thousand small changes have half as many, and so has a set of 100,000 nets. Everything behind the edge looks at each. */
const MAX_VALUES = 200_000;
/** As many as the largest body has. A few aliases of YAML make gigabytes of a small one, once it is written out. */
const MAX_CHARACTERS = 3 * 1024 * 1024;
const MAX_ISSUES = 20;

/** True for text that every store and every UTF-8 reader keeps as it is: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/**
 * What of a JSON value can't be stored: strings, keys among them, that Postgres refuses, nesting without end, more values than any object
 * has. For the edge: nothing behind it has to think of them. About 1 µs for an object of a hundred fields.
 */
export function unstorableIssues(value: unknown): FieldIssue[] {
  const look = new Look();
  look.at(value);
  return look.issues;
}

class Look {
  readonly issues: FieldIssue[] = [];
  readonly #path: PropertyKey[] = [];
  #values = 0;
  #characters = 0;

  at(value: unknown): void {
    if (typeof value === "string") {
      if (this.#isTooLong(value)) return;
      if (!isStorable(value)) this.#tell(`can't be stored: it holds ${UNSTORABLE}`);
    } else if (typeof value === "object" && value !== null) this.#inside(value);
  }

  #inside(value: object): void {
    if (this.#path.length >= MAX_DEPTH) return this.#tell(`nests deeper than ${MAX_DEPTH}`);
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    this.#values += keys.length;
    if (this.#values > MAX_VALUES) return this.#tell(`holds more than ${MAX_VALUES} values, with what comes before it`);
    for (const key of keys) {
      if (typeof key === "string") {
        if (this.#isTooLong(key)) return;
        if (!isStorable(key)) this.#tell(`has a key that can't be stored: it holds ${UNSTORABLE}`);
      }
      this.#path.push(key);
      this.at(value[key as keyof typeof value]);
      this.#path.pop();
    }
  }

  /** Told once: what follows is not looked at. */
  #isTooLong(text: string): boolean {
    const before = this.#characters;
    this.#characters += text.length;
    if (before <= MAX_CHARACTERS && this.#characters > MAX_CHARACTERS)
      this.#tell(`holds more than ${MAX_CHARACTERS} characters, with what comes before it`);
    return this.#characters > MAX_CHARACTERS;
  }

  /** Of a deep path its beginning. */
  #tell(message: string): void {
    if (this.issues.length >= MAX_ISSUES) return;
    this.issues.push({ field: formatPath("", this.#path.slice(0, 8)), reason: "FieldValueInvalid", message });
  }
}

const UNSTORABLE = "NUL or half of a surrogate pair";
