import type { Client } from "pg";
import { untilDone } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { DATABASE_BACKOFF } from "../patience.ts";

export interface Listen {
  readonly connect: () => Promise<Client>;
  readonly channels: readonly string[];
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onNotification: (payload: string, channel: string) => void;
  /**
   * Called with each connection once it listens, when anything may have been missed. Works until `ended`; calls `onCaughtUp` once all is
   * well again.
   */
  readonly follow: (client: Client, ended: AbortSignal, onCaughtUp: () => void) => Promise<void>;
  readonly onLost?: (error: unknown) => void;
}

/** Listens on channels until `signal` aborts. A lost connection costs a delay. */
export async function keepListening(options: Listen): Promise<void> {
  const { log, signal, onLost } = options;
  let isLost = false;
  await untilDone({
    attempt: (_signal, progress) =>
      listenOnce(options, () => {
        if (isLost) log.info("database is back");
        isLost = false;
        progress();
      }),
    onError: (error) => {
      onLost?.(error);
      if (!isLost) log.warn("database connection lost", { error });
      isLost = true;
    },
    signal,
    backoff: DATABASE_BACKOFF,
  });
}

async function listenOnce(
  { connect, channels, signal, onNotification, follow }: Listen,
  onCaughtUp: () => void,
): Promise<void> {
  const client = await connect();
  const ended = new AbortController();
  const close = (): void => ended.abort();
  client.on("end", close);
  client.on("error", close);
  signal.addEventListener("abort", close);
  if (signal.aborted) close(); // while connecting
  client.on("notification", ({ payload = "", channel }) => onNotification(payload, channel));
  try {
    for (const channel of channels) await client.query(`LISTEN ${channel}`);
    await follow(client, ended.signal, onCaughtUp);
    if (!signal.aborted) throw new Error("the database closed the connection");
  } finally {
    signal.removeEventListener("abort", close);
    client.end().catch(() => undefined); // nobody waits for a dead peer
  }
}
