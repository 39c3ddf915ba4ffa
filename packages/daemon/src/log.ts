import { currentRequestId } from "./request-id.ts";

/** Log lines: a constant message plus fields, one JSON object a line on stderr, or one readable line for people. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = "json" | "pretty";
export type LogFields = Readonly<Record<string, unknown>>;

/** `error` means that a human must look. Fields hold no secrets. A line that a request causes has its `requestId`. */
export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
  /** The same log with these fields on every line; `component` replaces the parent's. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly component: string;
  /** Lines below it are dropped. */
  readonly level?: LogLevel;
  readonly format?: LogFormat;
  readonly write?: (line: string) => void;
  readonly now?: () => Date;
}

export function createLogger({
  component,
  level = "info",
  format = "json",
  write = (line) => void process.stderr.write(line),
  now = () => new Date(),
}: LoggerOptions): Logger {
  const render = { json: renderJson, pretty: renderPretty }[format];
  const least = LOG_LEVELS.indexOf(level);
  const bind = (bound: LogFields): Logger => {
    const at = (lineLevel: LogLevel) => (msg: string, fields?: LogFields) => {
      if (LOG_LEVELS.indexOf(lineLevel) < least) return;
      const requestId = currentRequestId();
      const line = { ...bound, ...(requestId !== undefined && { requestId }), ...fields };
      write(`${render({ ...line, level: lineLevel, msg, time: now().toISOString() })}\n`);
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      child: (fields) => bind({ ...bound, ...fields }),
    };
  };
  return bind({ component });
}

/** For tests and one-shot commands. */
export const silentLogger: Logger = createLogger({ component: "silent", write: () => undefined });

type Line = LogFields & { readonly level: LogLevel; readonly msg: string; readonly time: string };

function renderJson({ level, msg, component, time, ...fields }: Line): string {
  return JSON.stringify({ level, msg, component, time, ...fields }, plain);
}

const COLOUR_BY_LEVEL: Readonly<Record<LogLevel, number>> = { debug: 90, info: 32, warn: 33, error: 31 };

function renderPretty({ level, msg, component, time, ...fields }: Line): string {
  const name = `\u001B[${COLOUR_BY_LEVEL[level]}m${level.toUpperCase().padEnd(5)}\u001B[0m`;
  const rest = Object.entries(fields).map(([key, value]) => ` \u001B[90m${visible(key)}=\u001B[0m${readable(value)}`);
  return `${time.slice(11, 23)} ${name} ${visible(String(component))}: ${visible(msg)}${rest.join("")}`;
}

/** A stack keeps its lines, indented so that none of them passes for one of ours. */
function readable(value: unknown): string {
  if (value instanceof Error) return (value.stack ?? value.message).split("\n").map(visible).join("\n    ");
  return visible(typeof value === "string" ? value : (JSON.stringify(value, plain) ?? "undefined"));
}

/** Names and messages come from others: what would steer the terminal, or end the line, is written out. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** JSON has no errors and no big integers. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return {
    ...Object.fromEntries(Object.entries(value)),
    name,
    message,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && { cause }),
  };
}
