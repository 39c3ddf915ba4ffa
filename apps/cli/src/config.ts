import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where this product's files are: the only place of this app that reads the environment. */
export interface CliConfig {
  /** The repository. */
  readonly root: string;
  /** `$PERCALE_DATA`, else `.percale` in the repository. */
  readonly dataDir: string;
  readonly kubeconfig: string;
  /** The name of the program that was started: `percale`, `calicoq`, or `kubectl-…` where it runs as a plugin of kubectl. */
  readonly calledAs: string;
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
    calledAs: env["PERCALE_CALLED"] ?? "percale",
    prettyLog: env["PERCALE_LOG"] === "pretty",
    rootless: env[ROOTLESS_MARK] !== undefined,
    // Where bird, ip and nft live; an ordinary user's PATH often lacks it.
    environment: { ...env, PATH: `${env["PATH"] ?? ""}:/usr/sbin:/sbin` },
  };
}

/** kubectl runs it: `kubectl percale`. */
export function isPlugin(calledAs: string): boolean {
  return calledAs.startsWith("kubectl-");
}

/** Marks every process of one lab in its environment, so that a later run finds what a crash left. */
export const LAB_MARK = "PERCALE_LAB";

/** Set for the daemon inside a user namespace, so that it knows where it is. */
export const ROOTLESS_MARK = "PERCALE_LAB_ROOTLESS";

function findRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, "package-lock.json"))) return folder;
  return process.cwd();
}
