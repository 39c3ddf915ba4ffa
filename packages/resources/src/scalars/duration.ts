/** Durations are Go's text (`1m30s`, `500ms`) in objects and milliseconds in code. */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

const NS_BY_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/** Milliseconds of a Go duration, exact to the nanosecond up to 104 days; `0` needs no unit. Throws DurationError. */
export function parseDuration(text: string): number {
  const ms = tryParseDuration(text);
  if (ms === undefined)
    throw new DurationError(`must be a duration such as 90s, 1m30s or 500ms, got ${JSON.stringify(text)}`);
  return ms;
}

export function tryParseDuration(text: string): number | undefined {
  const negative = text.startsWith("-");
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  if (body === "0") return 0;
  let ns = 0;
  let end = 0;
  for (const [part, amount, unit] of body.matchAll(PART)) {
    ns += Number(amount) * NS_BY_UNIT[unit!]!;
    end += part.length;
  }
  if (body === "" || end !== body.length) return undefined;
  return (negative ? -1 : 1) * (Math.round(ns) / 1e6);
}

/** Go's canonical text: `1h0m0s`, `1m30s`, `1.5s`, `500ms`, `0s`. */
export function formatDuration(ms: number): string {
  const ns = Math.round(Math.abs(ms) * 1e6);
  const sign = ms < 0 && ns > 0 ? "-" : "";
  if (ns === 0) return "0s";
  if (ns < 1e3) return `${sign}${ns}ns`;
  if (ns < 1e6) return `${sign}${decimal(ns, 3)}µs`;
  if (ns < 1e9) return `${sign}${decimal(ns, 6)}ms`;
  const wholeMinutes = Math.floor(ns / 60e9);
  const seconds = `${decimal(ns - wholeMinutes * 60e9, 9)}s`;
  if (wholeMinutes === 0) return sign + seconds;
  const hours = Math.floor(wholeMinutes / 60);
  return `${sign}${hours > 0 ? `${hours}h` : ""}${wholeMinutes % 60}m${seconds}`;
}

/** `value` / 10^digits without trailing zeros. */
function decimal(value: number, digits: number): string {
  const text = String(value).padStart(digits + 1, "0");
  const fraction = text.slice(-digits).replace(/0+$/, "");
  return text.slice(0, -digits) + (fraction === "" ? "" : `.${fraction}`);
}
