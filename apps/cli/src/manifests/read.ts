import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ExitError } from "../exit-error.ts";
import { parseManifests } from "./documents.ts";
import type { Manifest } from "./documents.ts";

export interface ReadOptions {
  /** Folders in folders too. */
  readonly recursive?: boolean;
  /** What holds no object is fine. */
  readonly skipEmpty?: boolean;
}

/**
 * Objects of files, folders (their .yaml, .yml and .json files in lexical order) and, for "-", of stdin. Reads all before anything is
 * written; throws ExitError at the first that cannot be read.
 */
export function readManifests(paths: readonly string[], options: ReadOptions = {}): Manifest[] {
  const { skipEmpty = false } = options;
  return paths.flatMap((path) => {
    const isFolder = isDirectory(path);
    const files = isFolder ? manifestsIn(path, options) : [path];
    const found = files.map((file) => ({ manifests: parseManifests(readSource(file), nameOf(file)) }));
    const isEmpty = found.every(({ manifests }) => manifests.length === 0);
    if (isEmpty && !skipEmpty)
      throw new ExitError(`no resources specified in ${isFolder ? "directory" : "file"} ${nameOf(path)}`);
    return found.flatMap(({ manifests }) => manifests);
  });
}

function manifestsIn(folder: string, options: ReadOptions): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (isDirectory(path)) return options.recursive === true ? manifestsIn(path, options) : [];
      return /\.(ya?ml|json)$/i.test(entry.name) ? [path] : [];
    });
}

function isDirectory(path: string): boolean {
  return path !== "-" && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : path;
}

function readSource(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (cause) {
    throw new ExitError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
