import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { listSetAside, readStateFile, removeStateFile, writeStateFile } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { attachmentFileName } from "./attachments.ts";
import type { AttachmentId } from "./attachments.ts";
import { CniCode } from "@percale/protocol";
import { CniError } from "./errors.ts";
import { parseRequest } from "./request.ts";
import type { CniRequest } from "./request.ts";

/** As many as the native client queues. */
const MAX_QUEUED = 256;

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
    const queue = new DeletionQueue(directory, log);
    await queue.list(); // sets aside what cannot be read, so that it is told from the start
    return queue;
  }

  /** Takes the place of an earlier one of the same attachment. */
  async put(request: CniRequest): Promise<void> {
    const name = attachmentFileName(request);
    const others = (await this.#names()).filter((other) => other !== name);
    if (others.length >= MAX_QUEUED)
      throw new CniError(CniCode.tryLater, `${MAX_QUEUED} deletions wait already`, this.#directory);
    await writeStateFile(join(this.#directory, name), request.post);
    this.#log.warn("deletion queued: the API server does not answer", { containerID: request.containerID });
  }

  async list(): Promise<CniRequest[]> {
    return (await this.#entries()).map(({ request }) => request);
  }

  async find(id: AttachmentId): Promise<CniRequest | undefined> {
    return (await this.list()).find((request) => isSame(request, id));
  }

  /** Done, or no longer wanted. */
  async drop(id: AttachmentId): Promise<void> {
    for (const { name, request } of await this.#entries())
      if (isSame(request, id)) await removeStateFile(join(this.#directory, name));
  }

  async setAside(): Promise<string[]> {
    return listSetAside(this.#directory);
  }

  /** Read anew each time: the client writes here too. Mostly there is none. */
  async #entries(): Promise<{ readonly name: string; readonly request: CniRequest }[]> {
    const entries: { name: string; request: CniRequest }[] = [];
    for (const name of await this.#names()) {
      const request = await readStateFile(join(this.#directory, name), parseRequest, (aside, error) =>
        this.#log.error("a queued deletion cannot be read: set aside", { aside, error }),
      );
      if (request !== undefined) entries.push({ name, request });
    }
    return entries;
  }

  async #names(): Promise<string[]> {
    return (await readdir(this.#directory)).filter((name) => !name.startsWith("."));
  }
}

function isSame(a: AttachmentId, b: AttachmentId): boolean {
  return a.containerID === b.containerID && a.ifName === b.ifName;
}
