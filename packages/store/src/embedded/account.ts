import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Postgres refuses to run as root: this is who runs it instead. Undefined when we are not root and run it ourselves. */
export function postgresAccount(wanted: string | undefined): Account | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  return accountIn(
    readFileSync("/etc/passwd", "utf8"),
    wanted === undefined ? ["percale", "postgres", "nobody"] : [wanted],
  );
}

/** The first of these that the file names. */
export function accountIn(passwd: string, names: readonly string[]): Account {
  const accounts = passwd.split("\n").map(parseAccount);
  const found = names
    .map((name) => accounts.find((account) => account?.name === name))
    .find((one) => one !== undefined);
  if (found === undefined)
    throw new Error(`Postgres can't run as root, and /etc/passwd has none of: ${names.join(", ")}`);
  return found;
}

/** `name:x:uid:gid:…` */
function parseAccount(line: string): Account | undefined {
  const [name, , uid, gid] = line.split(":");
  return name === undefined || uid === undefined || gid === undefined
    ? undefined
    : { name, uid: Number(uid), gid: Number(gid) };
}

/** True if `account` may pass every folder above `path` (by the bits for others: it owns none of them). Missing ones count as passable. */
export function canReach(path: string, account: Account | undefined): boolean {
  if (account === undefined) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid } = statSync(folder);
      if ((mode & 0o001) === 0 && !(uid === account.uid && (mode & 0o100) !== 0)) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}
