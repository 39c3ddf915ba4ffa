import { StatusError, badRequest, brief, formatIssue, parseOutside, show } from "@percale/resources";
import { z } from "zod";
import { Budget } from "./budget.ts";

const MAX_OPERATIONS = 10_000;
/** No object nests so deep. */
const MAX_STEPS = 65;
/** Never a step of a path: on a JavaScript object they lead to its prototype. */
const PROTOTYPE_WORDS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

const pointer = z
  .string()
  .max(4_096)
  .regex(/^(\/[^/]*)*$/, "must be a JSON pointer: empty, or begin with /")
  .transform((text) => text.split("/", MAX_STEPS + 2).slice(1))
  .pipe(z.array(z.string()).max(MAX_STEPS))
  .transform((steps) => steps.map(unescape));
/** Absent and null are different values here, and only one of them is allowed. */
const value = z.unknown().refine((given) => given !== undefined, "is required");
const operation = z.discriminatedUnion("op", [
  z.object({ op: z.enum(["add", "replace", "test"]), path: pointer, value }),
  z.object({ op: z.literal("remove"), path: pointer }),
  z.object({ op: z.enum(["move", "copy"]), from: pointer, path: pointer }),
]);
/** Counted before any of them is looked at. */
const operations = z.array(z.unknown()).max(MAX_OPERATIONS).pipe(z.array(operation));
type Operation = z.output<typeof operation>;

/**
 * RFC 6902. The object after all operations; the input stays as it is. What an operation would cost is charged to a budget before it is
 * done, so that no patch costs more than its own size could justify. Throws StatusError 400 for what is no patch, 422 for one that does
 * not apply, 413 for a result that is too large.
 */
export function applyJsonPatch(object: unknown, patch: unknown): unknown {
  const parsed = parseOutside(operations, patch);
  if ("issues" in parsed)
    throw badRequest(
      `the JSON patch is not valid: ${parsed.issues.slice(0, 5).map(formatIssue).join(", ")}`,
      parsed.issues,
    );
  const document = new Document(object);
  for (const [index, one] of parsed.data.entries())
    try {
      apply(document, one);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      const where = `operation ${index} (${one.op} ${formatPointer(one.path)})`;
      throw new StatusError("Invalid", `the JSON patch does not apply: ${where}: ${error.message}`);
    }
  return document.root;
}

/** Why an operation does not fit the document it meets. */
class Misfit extends Error {}

function apply(document: Document, one: Operation): void {
  switch (one.op) {
    case "add":
      return document.add(one.path, one.value);
    case "replace":
      return document.replace(one.path, one.value);
    case "test":
      if (!document.isEqual(document.get(one.path), one.value)) throw new Misfit("the value is another");
      return undefined;
    case "remove":
      document.remove(one.path);
      return undefined;
    case "move":
      if (one.path.length > one.from.length && one.from.every((step, i) => one.path[i] === step))
        throw new Misfit("nothing can be moved into itself");
      return document.add(one.path, document.remove(one.from));
    case "copy":
      return document.add(one.path, document.get(one.from));
  }
}

type Container = unknown[] | Record<string, unknown>;

/** A value under change. Containers are copied when first written to, so the one that was given stays as it was. */
class Document {
  root: unknown;
  readonly #own = new WeakSet<object>();
  readonly #budget = new Budget();

  constructor(root: unknown) {
    this.root = root;
  }

  get(path: readonly string[]): unknown {
    return path.reduce((at, step) => child(at, step), this.root);
  }

  add(path: readonly string[], value: unknown): void {
    const copy = this.#budget.copy(value, path.length);
    const [parent, step] = this.#writable(path);
    if (parent === undefined) this.root = copy;
    else if (!Array.isArray(parent)) parent[step] = copy;
    else {
      const index = step === "-" ? parent.length : indexOf(parent, step, parent.length);
      this.#budget.shift(parent.length - index);
      parent.splice(index, 0, copy);
    }
  }

  replace(path: readonly string[], value: unknown): void {
    this.get(path);
    const copy = this.#budget.copy(value, path.length);
    const [parent, step] = this.#writable(path);
    if (parent === undefined) this.root = copy;
    else (parent as Record<string, unknown>)[step] = copy; // `get` found it: for a list the step is an index of it
  }

  remove(path: readonly string[]): unknown {
    const gone = this.get(path);
    const [parent, step] = this.#writable(path);
    if (parent === undefined) throw new Misfit("the whole object can't be removed");
    if (!Array.isArray(parent)) delete parent[step];
    else {
      this.#budget.shift(parent.length - Number(step));
      parent.splice(Number(step), 1);
    }
    return gone;
  }

  isEqual(a: unknown, b: unknown): boolean {
    return this.#budget.isEqual(a, b);
  }

  /** The container that the last step of the path is in, safe to write to. */
  #writable(path: readonly string[]): readonly [parent: Container | undefined, step: string] {
    const last = path.at(-1);
    if (last === undefined) return [undefined, ""];
    this.root = this.#owned(this.root);
    let parent = this.root;
    for (const step of path.slice(0, -1)) {
      const next = this.#owned(child(parent, step));
      (parent as Record<string, unknown>)[step] = next;
      parent = next;
    }
    if (!isContainer(parent))
      throw new Misfit(`${formatPointer(path.slice(0, -1))} is ${show(parent)}: nothing is in it`);
    refusePrototype(last);
    return [parent, last];
  }

  #owned(value: unknown): unknown {
    if (!isContainer(value) || this.#own.has(value)) return value;
    const copy = Array.isArray(value) ? [...value] : { ...value };
    this.#own.add(copy);
    return copy;
  }
}

function child(parent: unknown, step: string): unknown {
  refusePrototype(step);
  if (Array.isArray(parent)) return parent[indexOf(parent, step, parent.length - 1)];
  if (!isContainer(parent) || !Object.hasOwn(parent, step)) throw new Misfit(`there is no ${show(step)}`);
  return (parent as Record<string, unknown>)[step];
}

/** RFC 6901, section 4: digits without leading zeros. */
function indexOf(list: readonly unknown[], step: string, last: number): number {
  const index = /^(0|[1-9]\d{0,9})$/.test(step) ? Number(step) : Number.NaN;
  if (!(index <= last)) throw new Misfit(`${show(step)} is no index of a list of ${list.length}`);
  return index;
}

function refusePrototype(step: string): void {
  if (PROTOTYPE_WORDS.has(step))
    throw new Misfit(`a path can't name ${[...PROTOTYPE_WORDS].join(", ")}: send application/merge-patch+json instead`);
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function unescape(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

function formatPointer(path: readonly string[]): string {
  return brief(path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""), 200);
}
