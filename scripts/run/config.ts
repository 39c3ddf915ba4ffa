import { resolve } from "node:path";

/** What the environment says about a run; read here only. */
export interface RunConfig {
  readonly root: string;
  readonly dataDir: string;
  readonly apiPort: number;
  /** undefined: no dashboard (`PERCALE_WEB_PORT=off`). */
  readonly webPort: number | undefined;
  /** An outside Postgres, instead of our own. */
  readonly databaseUrl: string | undefined;
  readonly lab: boolean;
  /** Reload on change. */
  readonly development: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

export function readRunConfig(env: NodeJS.ProcessEnv = process.env, argv: readonly string[] = process.argv): RunConfig {
  const root = resolve(import.meta.dirname, "../..");
  return {
    root,
    dataDir: resolve(env["PERCALE_DATA"] ?? `${root}/.percale`),
    apiPort: Number(env["PERCALE_API_PORT"] ?? 5443),
    webPort: env["PERCALE_WEB_PORT"] === "off" ? undefined : Number(env["PERCALE_WEB_PORT"] ?? 3000),
    databaseUrl: env["DATABASE_URL"],
    lab: env["PERCALE_LAB_MODE"] !== "off",
    development: argv.includes("--dev"),
    environment: env,
  };
}
