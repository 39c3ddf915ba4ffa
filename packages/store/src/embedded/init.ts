import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Account } from "./account.ts";

export interface InitOptions {
  readonly bin: string;
  readonly data: string;
  readonly user: string;
  readonly password: string;
  readonly account: Account | undefined;
  readonly fsync: boolean;
}

/** Makes a new cluster whose only user has this password. A half-made one is removed first. */
export async function initCluster({ bin, data, user, password, account, fsync }: InitOptions): Promise<void> {
  rmSync(data, { recursive: true, force: true });
  const passwordFile = join(dirname(data), "init-password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) chownSync(passwordFile, account.uid, account.gid);
  const flags = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-instructions"];
  const files = [`--pgdata=${data}`, `--username=${user}`, `--pwfile=${passwordFile}`];
  const child = spawn(join(bin, "initdb"), [...flags, ...files, ...(fsync ? [] : ["--no-sync"])], {
    cwd: dirname(data),
    env: { NODE_ENV: "production", PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }, // NODE_ENV: asked for by the types that apps/web brings along
    stdio: ["ignore", "ignore", "pipe"],
    ...(account !== undefined && { uid: account.uid, gid: account.gid }),
  });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  try {
    const [code, signal] = await once(child, "close");
    if (code !== 0) throw new Error(`initdb failed (${signal ?? `code ${code}`}): ${said.join("").trim()}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
