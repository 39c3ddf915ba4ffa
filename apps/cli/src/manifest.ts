import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "@percale/resources";
import { parseAllDocuments } from "yaml";
import { ExitError } from "./exit-error.ts";

/** Objects of a file, a folder (its .yaml, .yml and .json files in lexical order) or, for "-", of stdin. Reads all before anything is written. */
export function readManifests(paths: readonly string[]): KubeObject[] {
  const objects = paths.flatMap((path) => {
    const found = filesOf(path).flatMap((file) => parseManifests(readSource(file), file));
    if (found.length === 0) throw new ExitError(`no resources specified in ${path}`);
    return found;
  });
  return objects;
}

/** Each document is one object, a List or an array of objects. */
export function parseManifests(text: string, source: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new ExitError(`${source}: ${error.message}`);
    return flatten(document.toJS(), source);
  });
}

function flatten(value: unknown, source: string): KubeObject[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => flatten(item, source));
  const object = value as Partial<KubeObject> & { readonly items?: unknown };
  if (typeof object.kind !== "string") throw new ExitError(`${source}: an object without kind`);
  if (object.kind.endsWith("List") && Array.isArray(object.items)) return flatten(object.items, source);
  if (typeof object.metadata?.name !== "string" && object.metadata?.generateName === undefined)
    throw new ExitError(`${source}: ${object.kind} without metadata.name`);
  return [object as KubeObject]; // kind and name were just seen; the server checks the rest
}

function filesOf(path: string): string[] {
  if (path === "-" || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.(ya?ml|json)$/i.test(name))
    .sort()
    .map((name) => join(path, name));
}

function readSource(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (cause) {
    throw new ExitError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
