import { createWriteStream, fchmodSync, renameSync, rmSync, statSync } from "node:fs";
import type { WriteStream } from "node:fs";

interface LogFileOptions {
  readonly path: string;
  /** A file that has become so large is set aside. */
  readonly maxBytes?: number;
  /** As many that were set aside are kept: `audit.log.1` is the newest. */
  readonly keep?: number;
  /** What was to be written then is lost here. */
  readonly onError?: (error: Error) => void;
}

/** Lines at the end of a file of its owner's alone, which is set aside when it has become large. */
export class LogFile {
  readonly #options: Required<LogFileOptions>;
  #stream: WriteStream;
  #bytes: number;

  constructor({ path, maxBytes = 100 * 1024 * 1024, keep = 5, onError = () => undefined }: LogFileOptions) {
    this.#options = { path, maxBytes, keep, onError };
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = this.#open();
  }

  /** A stream that failed (a disk was full, a folder went) writes nothing any more: each time a new one tries anew. */
  write(lines: readonly string[]): void {
    const text = `${lines.join("\n")}\n`;
    if (this.#stream.destroyed) this.#stream = this.#open();
    if (this.#bytes > 0 && this.#bytes + text.length > this.#options.maxBytes) this.#setAside();
    this.#bytes += Buffer.byteLength(text);
    this.#stream.write(text);
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.end(() => resolve());
    if (this.#stream.destroyed) resolve();
    this.#stream.once("close", resolve);
    await promise;
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#options.path, { flags: "a", mode: 0o600 });
    stream.on("open", (descriptor) => fchmodSync(descriptor, 0o600)); // one that was there may have been anybody's
    stream.on("error", (error) => this.#options.onError(error));
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
