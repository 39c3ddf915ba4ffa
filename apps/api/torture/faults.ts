import { execFileSync } from "node:child_process";
import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pausePostgres } from "@percale/store";
import pg from "pg";
import type { Fleet } from "./fleet.ts";

export interface Victims {
  readonly fleet: Fleet;
  readonly databaseUrl: string;
  /** Undefined between a crash and the restart. */
  readonly postgresPid: () => number | undefined;
  /** A folder on the database's own disk, if that is one which may be filled. */
  readonly disk: string | undefined;
}

/** What is done, and how long it lasts; undone before it returns. */
export interface Fault {
  readonly name: string;
  readonly needsDisk?: true;
  readonly inflict: (victims: Victims, random: () => number) => Promise<void>;
}

const some = (random: () => number, least: number, most: number): number => least + random() * (most - least);
const anyOf = ({ size }: Fleet, random: () => number): number => Math.floor(random() * size);

export const FAULTS: readonly Fault[] = [
  {
    name: "an API process is killed",
    inflict: async ({ fleet }, random) => fleet.signal(anyOf(fleet, random), "SIGKILL"),
  },
  {
    name: "an API process is asked to end",
    inflict: async ({ fleet }, random) => fleet.signal(anyOf(fleet, random), "SIGTERM"),
  },
  {
    name: "an API process stands still",
    inflict: async ({ fleet }, random) => {
      const index = anyOf(fleet, random);
      fleet.signal(index, "SIGSTOP");
      await delay(some(random, 300, 4_000));
      fleet.signal(index, "SIGCONT");
    },
  },
  {
    name: "Postgres is killed",
    inflict: async ({ postgresPid }) => {
      const pid = postgresPid();
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    },
  },
  {
    name: "Postgres stands still",
    inflict: async ({ postgresPid }, random) => {
      const pid = postgresPid();
      if (pid === undefined) return;
      pausePostgres(pid, true);
      await delay(some(random, 300, 5_000));
      pausePostgres(pid, false);
    },
  },
  { name: "Postgres' connections are cut", inflict: ({ databaseUrl }) => cutConnections(databaseUrl) },
  {
    name: "Postgres' disk is full",
    needsDisk: true,
    inflict: async ({ disk = "" }, random) => {
      const filler = join(disk, "filler");
      fill(filler, disk);
      await delay(some(random, 500, 3_000));
      rmSync(filler, { force: true });
    },
  },
];

async function cutConnections(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()",
    );
  } catch {
    // it is down already
  } finally {
    await client.end().catch(() => undefined);
  }
}

function fill(file: string, disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  try {
    execFileSync("fallocate", ["--length", String(bavail * bsize), file], { stdio: "ignore" });
  } catch {
    // somebody took the last of it meanwhile: full
  }
}

/** A small disk of its own in memory; undefined if we may not mount one. */
export function mountDisk(folder: string, megabytes: number): { readonly folder: string; unmount(): void } | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=755`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return { folder, unmount: () => void execFileSync("umount", ["-l", folder], { stdio: "ignore" }) };
}
