import { readFileSync } from "node:fs";
import { z } from "zod";

/** Every setting of the dashboard's server. Flags are not offered: `scripts/start.mjs` and service files set the environment. */
const schema = z.object({
  /** Base address of the API server. */
  PERCALE_API_URL: z.url().default("https://127.0.0.1:5443"),
  /** PEM file of the CA that signed the API server's certificate; without it the system's CAs are used. */
  PERCALE_CA_FILE: z.string().optional(),
  PERCALE_WEB_HOST: z.string().default("127.0.0.1"),
  /** Names that browsers know it by, with commas between: what a reverse proxy in front is called. */
  PERCALE_WEB_NAMES: z.string().default(""),
  /** 0 picks a free port. */
  PERCALE_WEB_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  NODE_ENV: z.enum(["production", "development", "test"]).default("production"),
});

export interface WebConfig {
  readonly apiUrl: URL;
  readonly ca: Buffer | undefined;
  readonly host: string;
  readonly names: readonly string[];
  readonly port: number;
  readonly dev: boolean;
}

/** Throws with the name of the bad setting and what it got. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): WebConfig {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join(".")}: ${issue?.message}, got ${String(env[String(issue?.path[0])])}`);
  }
  const { data } = parsed;
  return {
    apiUrl: new URL(data.PERCALE_API_URL),
    ca: data.PERCALE_CA_FILE === undefined ? undefined : readCa(data.PERCALE_CA_FILE),
    host: data.PERCALE_WEB_HOST,
    names: [data.PERCALE_WEB_HOST, ...data.PERCALE_WEB_NAMES.split(",")].flatMap((name) => {
      const trimmed = name.trim().toLowerCase();
      return trimmed === "" ? [] : [trimmed];
    }),
    port: data.PERCALE_WEB_PORT,
    dev: data.NODE_ENV === "development",
  };
}

function readCa(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`PERCALE_CA_FILE: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
