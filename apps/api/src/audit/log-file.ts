import { chmodSync, createWriteStream, renameSync, rmSync, statSync } from "node:fs";
import type { WriteStream } from "node:fs";

interface LogFileOptions {
  readonly path: string;
  /** A file that has become so large is set aside. */
  readonly maxBytes?: number;
  /** As many that were set aside are kept: `audit.log.1` is the newest. */
  readonly keep?: number;
}

/** Lines at the end of a file of its owner's alone, which is set aside when it has become large. */
export class LogFile {
  readonly #options: Required<LogFileOptions>;
  #stream: WriteStream;
  #bytes: number;
  #isFailed = false;

  constructor({ path, maxBytes = 100 * 1024 * 1024, keep = 5 }: LogFileOptions) {
    this.#options = { path, maxBytes, keep };
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = this.#open();
  }

  /** Undefined, or what went wrong since the last time. */
  write(lines: readonly string[]): void {
    const text = `${lines.join("\n")}\n`;
    if (this.#bytes > 0 && this.#bytes + text.length > this.#options.maxBytes) this.#setAside();
    this.#bytes += Buffer.byteLength(text);
    this.#stream.write(text);
  }

  /** A disk that is full, a folder that went: the next line says whether it is well again. */
  get isFailed(): boolean {
    return this.#isFailed;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.end(() => resolve());
    if (this.#isFailed) resolve();
    await promise;
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#options.path, { flags: "a", mode: 0o600 });
    stream.on("open", () => chmodSync(this.#options.path, 0o600)); // one that was there may have been anybody's
    stream.on("error", () => (this.#isFailed = true));
    return stream;
  }

  #setAside(): void {
    const { path, keep } = this.#options;
    this.#stream.end();
    rmSync(`${path}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 0; i--) {
      const from = i === 0 ? path : `${path}.${i}`;
      if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${path}.${i + 1}`);
    }
    this.#bytes = 0;
    this.#stream = this.#open();
  }
}
