import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Nftables } from "@percale/kernel";

/** Somebody else who keeps changing nftables in the namespace: chains come and go in a table of theirs, or in ours. */
export interface Neighbour {
  /** Ends it; how many changes it made. */
  stop(): Promise<number>;
}

/** Resolves when it is at work. At most `perSecond` transactions a second, and a minute of them. */
export async function busyNeighbour(netns: string, perSecond: number, table = "neighbour"): Promise<Neighbour> {
  const child = spawn(process.execPath, [import.meta.filename, netns, String(perSecond), table], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  await once(child.stdout, "data");
  return {
    async stop() {
      child.stdin.end();
      await once(child, "exit");
      return Number(said.trim().split("\n").at(-1));
    },
  };
}

const MAX_MS = 60_000;

async function work(netns: string, perSecond: number, table: string): Promise<void> {
  const nft = new Nftables({ table, netns });
  const ended = new AbortController();
  process.stdin.on("end", () => ended.abort()).resume();
  const started = performance.now();
  await change(nft, 0);
  console.log("busy");
  let changes = 1;
  while (!ended.signal.aborted && performance.now() - started < MAX_MS) {
    const due = ((performance.now() - started) / 1000) * perSecond;
    for (; changes < due; changes++) await change(nft, changes);
    await sleep(1);
  }
  console.log(changes);
  nft.close();
}

async function change(nft: Nftables, n: number): Promise<void> {
  const batch = nft.begin();
  batch.family(4);
  if (n === 0) batch.addTable(0);
  const name = `c${Math.floor(n / 2) % 50}`;
  if (n % 2 === 0) batch.addChain({ name });
  else batch.deleteChain(name);
  await nft.commit();
}

if (process.argv[1] === import.meta.filename) await work(process.argv[2]!, Number(process.argv[3]), process.argv[4]!);
