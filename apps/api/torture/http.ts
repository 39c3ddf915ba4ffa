import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";

/** How a server is reached just now; where it listens changes when it is started again. */
export interface Door {
  readonly port: number;
  readonly ca: string;
  readonly token: string;
}

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
}

/** Longer than a server waits for a database that hangs. */
const PATIENCE_MS = 15_000;

/** One connection that is kept, as each of many clients has. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** Undefined if no whole answer came. */
  async call(door: Door, call: Call): Promise<Answer | undefined> {
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const outgoing = this.#open(door, call, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => resolve(undefined));
      response.on("close", () => resolve(undefined));
      response.on("end", () =>
        resolve(response.complete ? { code: response.statusCode ?? 0, body: parse(Buffer.concat(chunks)) } : undefined),
      );
    });
    outgoing.on("error", () => resolve(undefined));
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy());
    return promise;
  }

  /** Each line as it comes, until the server ends it, the connection is lost or `signal` aborts. Resolves with what the server said if it refused. */
  async lines(
    door: Door,
    path: string,
    hear: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    let isAnswered = false;
    const outgoing = this.#open(door, { path }, (response) => {
      isAnswered = true;
      const refused: string[] = [];
      const isRefused = response.statusCode !== 200;
      const lines = createInterface({ input: response });
      lines.on("line", (line) => (isRefused ? refused.push(line) : hear(line)));
      lines.on("error", () => lines.close()); // the connection is lost
      lines.on("close", () =>
        resolve(
          isRefused ? { code: response.statusCode ?? 0, body: parse(Buffer.from(refused.join("\n"))) } : undefined,
        ),
      );
    });
    const abort = (): void => void outgoing.destroy();
    signal.addEventListener("abort", abort, { once: true });
    outgoing.on("error", () => resolve(undefined));
    outgoing.on("close", () => {
      signal.removeEventListener("abort", abort);
      if (!isAnswered) resolve(undefined);
    });
    if (signal.aborted) abort();
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }

  #open(
    { port, ca, token }: Door,
    { method = "GET", path, body, type }: Call,
    take: (response: IncomingMessage) => void,
  ) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      // Node frames no body of a DELETE by itself.
      ...(text !== undefined && {
        "content-type": type ?? "application/json",
        "content-length": Buffer.byteLength(text),
      }),
    };
    const outgoing = request({ host: "127.0.0.1", port, path, method, headers, ca, agent: this.#agent }, take);
    outgoing.end(text);
    return outgoing;
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
