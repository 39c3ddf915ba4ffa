import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const ASIDE = ".bad-";
/** Errors that pass, about the process or the node and not about the file. */
const SHORT_OF: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EINTR"]);

/** Written whole or not at all, also when the power fails: data and folder are on the disk when this returns. Mode 0600. */
export async function writeStateFile(path: string, data: string | Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  try {
    const file = await open(draft, "w", 0o600);
    try {
      await file.chmod(0o600); // an older draft may have had another
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // the first error says what is wrong
    throw error;
  }
  await syncFolder(dirname(path));
}

export async function removeStateFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}

/**
 * What `parse` makes of the file; undefined if there is none, or if it makes nothing of it: then the file is set aside. Throws
 * while the node lacks what it takes to read: the file may be good.
 */
export async function readStateFile<T>(
  path: string,
  parse: (data: Buffer) => T | Promise<T>,
  onBad: (aside: string, error: unknown) => void,
): Promise<T | undefined> {
  try {
    return await parse(await readFile(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return undefined;
    if (SHORT_OF.has(code)) throw error;
    const aside = await setAside(path);
    if (aside !== undefined) onBad(aside, error);
    return undefined;
  }
}

/** Out of the way and kept: its new path, or undefined if it has gone meanwhile. Takes the place of an earlier one. */
export async function setAside(path: string): Promise<string | undefined> {
  const aside = join(dirname(path), `${ASIDE}${basename(path)}`);
  try {
    await rm(aside, { force: true, recursive: true });
    await rename(path, aside);
    return aside;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** What was set aside in a folder, until somebody removes it. */
export async function listSetAside(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.startsWith(ASIDE)).map((name) => join(folder, name));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
