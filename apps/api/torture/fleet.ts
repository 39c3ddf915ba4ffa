import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import type { WriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { Door } from "./http.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const AGAIN_MS = 250;

/** One API process that is started again whenever it ends, as systemd would. */
class Server {
  readonly #spawn: () => ChildProcess;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #port = Promise.withResolvers<number>();
  #keeping: Promise<void> | undefined;
  #isWanted = true;

  constructor(start: () => ChildProcess, log: WriteStream) {
    this.#spawn = start;
    this.#log = log;
  }

  start(): void {
    this.#keeping = this.#keep();
  }

  /** Where it listens, once it does. */
  port(): Promise<number> {
    return this.#port.promise;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    await this.#keeping;
    this.#log.end();
  }

  async #keep(): Promise<void> {
    while (this.#isWanted) {
      const child = this.#spawn();
      this.#child = child;
      let isReady = false;
      createInterface({ input: child.stderr! }).on("line", (line) => {
        this.#log.write(`${line}\n`);
        if (!line.includes('"msg":"ready"')) return;
        isReady = true;
        this.#port.resolve(Number(new URL((JSON.parse(line) as { url: string }).url).port));
      });
      await once(child, "close");
      if (isReady) this.#port = Promise.withResolvers(); // else who waits goes on waiting
      if (this.#isWanted) await delay(AGAIN_MS);
    }
  }
}

/** API processes on one database; their logs are in `folder`. */
export class Fleet {
  readonly #servers: readonly Server[];
  readonly #data: string;

  constructor({ size, folder, databaseUrl }: { size: number; folder: string; databaseUrl: string }) {
    this.#data = join(folder, "data");
    mkdirSync(this.#data, { recursive: true });
    this.#servers = Array.from({ length: size }, (_, i) => {
      const argv = [MAIN, "--port", "0", "--data", this.#data, "--socket", join(folder, `${i}.sock`)];
      const env = { ...process.env, DATABASE_URL: databaseUrl };
      return new Server(
        () => spawn(process.execPath, argv, { env, stdio: ["ignore", "ignore", "pipe"] }),
        createWriteStream(join(folder, `api-${i}.log`)),
      );
    });
  }

  get size(): number {
    return this.#servers.length;
  }

  /** The first makes certificates and token, which all of them share. */
  async start(): Promise<void> {
    for (const server of this.#servers) {
      server.start();
      await server.port();
    }
  }

  /** Waits for the server to listen. */
  async door(index: number): Promise<Door> {
    const port = await this.#servers[index]!.port();
    const read = (file: string): string => readFileSync(join(this.#data, file), "utf8");
    return { port, ca: read("pki/ca.crt"), token: read("admin-token").trim() };
  }

  signal(index: number, signal: NodeJS.Signals): void {
    this.#servers[index]!.signal(signal);
  }

  signalAll(signal: NodeJS.Signals): void {
    for (const server of this.#servers) server.signal(signal);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}
