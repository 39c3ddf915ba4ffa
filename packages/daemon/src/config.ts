import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { z } from "zod";
import { didYouMean } from "./words.ts";

/** One key of a daemon's configuration. Without a default the key is required, unless its schema accepts undefined. */
export interface ConfigKey<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly default?: z.output<S>;
  /** Shown in help: `ms`, `bytes`, `host:port`. */
  readonly unit?: string;
  /** One line. */
  readonly help: string;
  /** Masked wherever values are shown. */
  readonly secret?: boolean;
}

export type ConfigKeys = Readonly<Record<string, ConfigKey>>;
export type ConfigValues<K extends ConfigKeys> = { readonly [N in keyof K]: z.output<K[N]["schema"]> };
export type ConfigSource = "flag" | "environment" | "file" | "default";

export interface EffectiveKey {
  readonly key: string;
  /** Secrets read `***`. */
  readonly value: unknown;
  readonly source: ConfigSource;
}

export interface LoadedConfig<K extends ConfigKeys> {
  readonly values: ConfigValues<K>;
  /** For the one line printed at start. */
  readonly effective: readonly EffectiveKey[];
}

export interface ConfigInput {
  /** Without the program's own name. */
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A JSON file, unless `--config` names one. */
  readonly file?: string;
  readonly readText?: (path: string) => string;
}

export interface Config<K extends ConfigKeys> {
  readonly keys: K;
  load(input: ConfigInput): LoadedConfig<K>;
  /** What a reference says of each key. */
  describe(): readonly DescribedKey[];
  /** One line per key: flag, environment variable, unit, default, help. */
  help(): string;
}

export interface DescribedKey {
  readonly key: string;
  readonly flag: string;
  readonly variable: string;
  readonly help: string;
  readonly unit?: string;
  /** As JSON; absent without one, and of a secret. */
  readonly default?: string;
}

/** Thrown with every fault at once, each naming key, source, what was got and what is asked. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Flags over environment over file over default. The key `apiUrl` is `--api-url`, `<PREFIX>_API_URL` and `"apiUrl"` in the file.
 * Unknown flags and file keys are refused; unknown variables are not, as daemons share an environment.
 */
export function defineConfig<const K extends ConfigKeys>(prefix: string, keys: K): Config<K> {
  return {
    keys,
    load: (input) => load(prefix, keys, input),
    describe: () => describe(prefix, keys),
    help: () => renderHelp(describe(prefix, keys)),
  };
}

function load<K extends ConfigKeys>(prefix: string, keys: K, input: ConfigInput): LoadedConfig<K> {
  const { argv = [], env = {}, readText = (path) => readFileSync(path, "utf8") } = input;
  const faults: string[] = [];
  const flags = parseFlags(keys, argv);
  const path = flags["config"] ?? input.file;
  const file = typeof path === "string" ? parseFile(path, readText(path)) : {};
  const unknown = Object.keys(file).filter((key) => !Object.hasOwn(keys, key));
  faults.push(...unknown.map((key) => `file: unknown key "${key}"`));

  const entries = Object.entries(keys).map(([key, { schema, default: fallback, secret = false }]) => {
    const [source, raw] = firstGiven({
      flag: flags[flagOf(key)],
      environment: env[variableOf(prefix, key)],
      file: file[key],
      default: fallback,
    });
    const parsed = source === "file" || source === "default" ? schema.safeParse(raw) : parseText(schema, raw);
    if (!parsed.success) {
      const problem = raw === undefined ? "is required" : `got ${secret ? "***" : JSON.stringify(raw)}`;
      const why = parsed.error.issues.map(({ message }) => message).join("; ");
      faults.push(`${key} (${source}): ${problem}: ${why}; set --${flagOf(key)} or ${variableOf(prefix, key)}`);
    }
    return { key, source, value: parsed.data, shown: secret && parsed.data !== undefined ? "***" : parsed.data };
  });
  if (faults.length > 0) throw new ConfigError(`configuration refused:\n  ${faults.join("\n  ")}`);
  return {
    // Each value was parsed by its key's own schema just above; Object.fromEntries can't say so.
    values: Object.fromEntries(entries.map(({ key, value }) => [key, value])) as ConfigValues<K>,
    effective: entries.map(({ key, source, shown }) => ({ key, value: shown, source })),
  };
}

function parseFlags(keys: ConfigKeys, argv: readonly string[]): Record<string, unknown> {
  const options = Object.entries(keys).map(
    ([key, { schema }]) => [flagOf(key), { type: isSwitch(schema) ? "boolean" : "string" }] as const,
  );
  try {
    return parseArgs({
      args: [...argv],
      options: { config: { type: "string" }, ...Object.fromEntries(options) },
      allowNegative: true,
      strict: true,
    }).values;
  } catch (error) {
    throw new ConfigError(flagFault(error, ["config", ...options.map(([flag]) => flag)]), { cause: error });
  }
}

/** Node's words for a flag that it does not know suggest a `--`, which no daemon takes; what there is helps more. */
function flagFault(error: unknown, flags: readonly string[]): string {
  const words = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '--?([^']*)'/.exec(words)?.[1];
  if (unknown === undefined) return words;
  return `unknown option --${unknown}; there are ${flags.map((flag) => `--${flag}`).join(", ")}${didYouMean(unknown, flags)}`;
}

function parseFile(path: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${path}: not JSON: ${String(error)}`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ConfigError(`${path}: must be one JSON object`);
  return { ...value };
}

function firstGiven(values: Readonly<Record<ConfigSource, unknown>>): [ConfigSource, unknown] {
  for (const source of ["flag", "environment", "file"] as const)
    if (values[source] !== undefined) return [source, values[source]];
  return ["default", values.default];
}

/** Text from a shell: as it is, as JSON (`5443`, `true`), or as a comma-separated list, whichever the schema takes first. */
function parseText(schema: z.ZodType, raw: unknown): z.ZodSafeParseResult<unknown> {
  const asItIs = schema.safeParse(raw);
  if (asItIs.success || typeof raw !== "string") return asItIs;
  const list = raw.split(",").map((part) => part.trim());
  const readings = [jsonOf(raw), list.filter((part) => part !== "")].map((reading) => schema.safeParse(reading));
  // A number out of its range is best told as such, not as text where a number is wanted.
  return readings.find(({ success }) => success) ?? readings.find(isOfItsType) ?? asItIs;
}

function isOfItsType({ error }: z.ZodSafeParseResult<unknown>): boolean {
  return error?.issues.every(({ code, path }) => code !== "invalid_type" || path.length > 0) === true;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // then it was not meant as JSON
  }
}

function isSwitch(schema: z.ZodType): boolean {
  return schema.safeParse(true).success && !schema.safeParse("text").success;
}

function flagOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function variableOf(prefix: string, key: string): string {
  return `${prefix}_${flagOf(key).replaceAll("-", "_").toUpperCase()}`;
}

function describe(prefix: string, keys: ConfigKeys): DescribedKey[] {
  return Object.entries(keys).map(([key, { default: fallback, unit, help, secret }]) => ({
    key,
    flag: `--${flagOf(key)}`,
    variable: variableOf(prefix, key),
    help,
    ...(unit !== undefined && { unit }),
    ...(fallback !== undefined && secret !== true && { default: JSON.stringify(fallback) }),
  }));
}

function renderHelp(keys: readonly DescribedKey[]): string {
  const rows = keys.map(({ flag, variable, help, unit, default: fallback }) => {
    const value = fallback === undefined ? "" : `, default ${fallback}`;
    return { flag, variable, text: `${help}${unit === undefined ? "" : ` (${unit})`}${value}` };
  });
  const flags = Math.max(...rows.map(({ flag }) => flag.length));
  const variables = Math.max(...rows.map(({ variable }) => variable.length));
  return rows
    .map(({ flag, variable, text }) => `  ${flag.padEnd(flags)}  ${variable.padEnd(variables)}  ${text}\n`)
    .join("");
}
