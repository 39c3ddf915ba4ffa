import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@percale/daemon";
import { openPostgresStore, startEmbeddedPostgres } from "@percale/store";
import { mountDisk } from "./faults.ts";
import { Fleet } from "./fleet.ts";
import { Log } from "./log.ts";
import { runRound } from "./round.ts";
import type { Report } from "./round.ts";

const SERVERS = 3;
const DISK_MB = 700;
const KEEP_REVISIONS = 400;

export interface TortureOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Of a round under faults; what it then takes to check comes on top. */
  readonly roundMs: number;
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly reports: readonly Report[];
  /** Logs of the servers, the log of the database and what clients did, kept where something did not hold. */
  readonly folder: string;
  readonly isWhole: boolean;
}

/** Servers and a database of its own, which are hurt again and again. Throws if they do not come back. */
export async function torture({ seed, rounds, roundMs, say }: TortureOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "percale-torture-"));
  const disk = mountDisk(mkdtempSync(join(tmpdir(), "percale-torture-disk-")), DISK_MB);
  if (disk === undefined) say("the disk is not filled: only root may mount one that is small");
  const postgres = await startEmbeddedPostgres({
    dataDir: join(disk?.folder ?? folder, "postgres"),
    log: silentLogger,
  });
  const fleet = new Fleet({ size: SERVERS, folder, databaseUrl: postgres.url });
  const store = await openPostgresStore({ url: postgres.url });
  const log = new Log(postgres.url);
  const reports: Report[] = [];
  let isWhole = false;
  const endWithUs = (): void => {
    fleet.signalAll("SIGKILL");
    if (postgres.pid !== undefined) process.kill(postgres.pid, "SIGQUIT");
    disk?.unmount();
  };
  process.once("exit", endWithUs);
  try {
    await fleet.start();
    for (let round = 1; round <= rounds; round++) {
      const report = await runRound({
        seed,
        round,
        ms: roundMs,
        victims: { fleet, databaseUrl: postgres.url, postgresPid: () => postgres.pid, disk: disk?.folder },
        log,
        compact: async () => void (await store.compact({ keepRevisions: KEEP_REVISIONS })),
        oldest: async () => (await store.oldest()) ?? 1,
        onFault: () => undefined,
      });
      reports.push(report);
      say(`round ${round} of ${rounds}: ${sentence(report)}`);
      if (report.broken.length === 0) continue;
      writeFileSync(join(folder, "history.json"), JSON.stringify(Object.fromEntries(report.history), undefined, 1));
      writeFileSync(join(folder, "facts.json"), JSON.stringify(log.facts, undefined, 1));
      break;
    }
    isWhole = reports.length === rounds && reports.every(({ broken }) => broken.length === 0);
    return { reports, folder, isWhole };
  } finally {
    process.off("exit", endWithUs);
    await store.close();
    await fleet.stop();
    await postgres.stop();
    disk?.unmount();
    if (disk !== undefined) rmSync(disk.folder, { recursive: true, force: true });
    if (isWhole) rmSync(folder, { recursive: true, force: true });
  }
}

function sentence({ operations, unanswered, events, late, faults, broken }: Report): string {
  const hurt = Object.entries(faults)
    .map(([name, times]) => `${times}× ${name}`)
    .join(", ");
  const holds =
    broken.length === 0 ? "all holds" : `${broken.length} laws broken:\n  ${broken.slice(0, 10).join("\n  ")}`;
  return `${operations} operations (${unanswered} unanswered), ${events} events (${late} times too late); ${hurt}; ${holds}`;
}
