import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Where this product's files are: the only place of this app that reads the environment. */
export interface CliConfig {
  /** The repository. */
  readonly root: string;
  /** `$PERCALE_DATA`, else `.percale` in the repository. */
  readonly dataDir: string;
  readonly kubeconfig: string;
  /** Log lines for people rather than machines. */
  readonly prettyLog: boolean;
  /** This process is root only in its own user namespace. */
  readonly rootless: boolean;
  /** What child processes inherit. */
  readonly environment: NodeJS.ProcessEnv;
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): CliConfig {
  const root = env["PERCALE_ROOT"] ?? findRoot(import.meta.dirname);
  const dataDir = resolve(env["PERCALE_DATA"] ?? join(root, ".percale"));
  return {
    root,
    dataDir,
    kubeconfig: join(dataDir, "kubeconfig"),
    prettyLog: env["PERCALE_LOG"] === "pretty",
    rootless: env[ROOTLESS_MARK] !== undefined,
    // Where bird, ip and nft live; an ordinary user's PATH often lacks it.
    environment: { ...env, PATH: `${env["PATH"] ?? ""}:/usr/sbin:/sbin` },
  };
}

/** Marks every process of one lab in its environment, so that a later run finds what a crash left. */
export const LAB_MARK = "PERCALE_LAB";

/** Set for the daemon inside a user namespace, so that it knows where it is. */
export const ROOTLESS_MARK = "PERCALE_LAB_ROOTLESS";

/** Six characters that tell the labs of two data directories apart: part of every namespace's name. */
export function labId(dataDir: string): string {
  return createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 6);
}

/** Where the lab keeps its sockets and its nodes' files. A unix socket's path has 107 bytes: a deep data directory gets a short one elsewhere. */
export function labFolder(dataDir: string): string {
  const path = join(dataDir, "lab");
  return Buffer.byteLength(path) <= 72 ? path : join(tmpdir(), `percale-lab-${labId(dataDir)}`);
}

/** The API's unix socket, for agents in namespaces without a way to its TCP port. */
export function apiSocket(dataDir: string): string {
  return join(dataDir, "api.sock");
}

export function labSocket(dataDir: string): string {
  return join(labFolder(dataDir), "lab.sock");
}

function findRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, "package-lock.json"))) return folder;
  return process.cwd();
}
