import { StatusError } from "@percale/resources";
import { setTimeout as delay } from "node:timers/promises";
import { openPostgresStore } from "../index.ts";

/**
 * A store process of its own: clients that raise shared counters by optimistic concurrency, and one watch from the beginning.
 * Prints `ack <revision> <name> <n>` for each acknowledged write and `saw <revision>` for each event. Ends on SIGTERM.
 */
const [url, author, clients] = process.argv.slice(2) as [string, string, string];
const store = await openPostgresStore({ url, windowSize: 64 });
const stop = new AbortController();
const ended = new AbortController();
process.once("SIGTERM", () => stop.abort());
const progress = { seen: 0 };

const watching = (async () => {
  for await (const { revision } of store.watch({ since: 0, signal: ended.signal })) {
    console.log(`saw ${revision}`);
    progress.seen = revision;
  }
})();

async function raise(name: string): Promise<void> {
  const counter = await store.get({ kind: "Profile", name });
  if (counter === undefined) throw new Error(`no counter ${name}`);
  const n = (counter.spec as { readonly n: number }).n + 1;
  const { resourceVersion } = await store.apply({ author, changes: [{ op: "update", object: { ...counter, spec: { n } } }] });
  console.log(`ack ${resourceVersion} ${name} ${n}`);
}

async function client(): Promise<void> {
  while (!stop.signal.aborted) {
    try {
      await raise(`counter-${Math.floor(Math.random() * 12)}`);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason === "ServiceUnavailable" || error.reason === "Timeout") await delay(20);
      else if (error.reason !== "Conflict") throw error;
    }
  }
}

console.log("ready");
await Promise.all(Array.from({ length: Number(clients) }, client));
const head = await store.head();
while (progress.seen < head) await delay(10);
ended.abort();
await watching;
await store.close();
