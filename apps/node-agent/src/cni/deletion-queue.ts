import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@percale/daemon";
import { CniCode, CniError } from "./errors.ts";
import { parseRequest } from "./request.ts";
import type { CniRequest } from "./request.ts";

/** As many as the native client queues. */
const MAX_QUEUED = 256;
const MAX_READABLE = 200;

type Id = Pick<CniRequest, "containerID" | "ifName">;

/**
 * Deletions that wait for the API, one file each: written by the agent, or by the native client while no agent runs.
 * An entry is always about the present attachment of its container: whoever attaches anew does the queued deletion first.
 */
export class DeletionQueue {
  readonly #directory: string;
  readonly #log: Logger;

  private constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
  }

  static async open({ directory, log }: { readonly directory: string; readonly log: Logger }): Promise<DeletionQueue> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new DeletionQueue(directory, log);
  }

  /** Takes the place of an earlier one of the same attachment. */
  async put(request: CniRequest): Promise<void> {
    if ((await this.#names()).length >= MAX_QUEUED)
      throw new CniError(CniCode.tryLater, `${MAX_QUEUED} deletions wait already`, this.#directory);
    const path = join(this.#directory, fileName(request));
    await writeFile(`${path}.new`, request.post, { mode: 0o600 });
    await rename(`${path}.new`, path);
    this.#log.warn("deletion queued: the API server does not answer", { containerID: request.containerID });
  }

  async list(): Promise<CniRequest[]> {
    return (await this.#entries()).map(({ request }) => request);
  }

  async find(id: Id): Promise<CniRequest | undefined> {
    return (await this.list()).find((request) => isSame(request, id));
  }

  /** Done, or no longer wanted. */
  async drop(id: Id): Promise<void> {
    for (const { name, request } of await this.#entries())
      if (isSame(request, id)) await rm(join(this.#directory, name), { force: true });
  }

  /** Read anew each time: the client writes here too. Mostly there is none. */
  async #entries(): Promise<{ readonly name: string; readonly request: CniRequest }[]> {
    const entries: { name: string; request: CniRequest }[] = [];
    for (const name of await this.#names()) {
      try {
        entries.push({ name, request: parseRequest(await readFile(join(this.#directory, name))) });
      } catch (error) {
        await this.#setAside(name, error);
      }
    }
    return entries;
  }

  async #names(): Promise<string[]> {
    return (await readdir(this.#directory)).filter((name) => !name.startsWith(".") && !name.endsWith(".new"));
  }

  async #setAside(name: string, error: unknown): Promise<void> {
    const path = join(this.#directory, name);
    const isGone = (await readFile(path).catch(() => undefined)) === undefined; // done by somebody else meanwhile
    if (isGone) return;
    this.#log.error("a queued deletion cannot be read: set aside", { name, error });
    await rename(path, join(this.#directory, `.bad-${name}`));
  }
}

function isSame(a: Id, b: Id): boolean {
  return a.containerID === b.containerID && a.ifName === b.ifName;
}

/** Neither part has a colon. */
function fileName({ containerID, ifName }: Id): string {
  const id = containerID.length <= MAX_READABLE ? containerID : createHash("sha256").update(containerID).digest("hex");
  return `${id}:${ifName}`;
}
