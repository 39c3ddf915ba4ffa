/** Durations are Go's text (`1m30s`, `500ms`) in objects and milliseconds in code. */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

const NS_BY_UNIT: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /(?:(\d+)\.?(\d*)|\.(\d+))(ns|us|µs|μs|ms|s|m|h)/gy;
/** Go counts nanoseconds in 64 bits: a longer text, once stored, makes a Go client's list of the whole kind fail. */
const MAX_NS = 2n ** 63n - 1n;

/** Milliseconds of a Go duration, exact to the nanosecond up to 104 days; `0` needs no unit. Throws DurationError. */
export function parseDuration(text: string): number {
  const ms = tryParseDuration(text);
  if (ms === undefined)
    throw new DurationError(`must be a duration such as 90s, 1m30s or 500ms, got ${JSON.stringify(text)}`);
  return ms;
}

export function tryParseDuration(text: string): number | undefined {
  const ns = tryParseNanoseconds(text);
  return ns === undefined ? undefined : Number(ns) / 1e6;
}

/** In milliseconds, what a timer keeps: 2^31-1 at most, and beyond it fires at once; under a second somebody would do nothing else. */
const INTERVAL = { min: 1_000, max: 2 ** 31 - 1 };

/** Whether something can be done again and again after so long; 0 means never. */
export function isInterval(ms: number): boolean {
  return ms === 0 || (ms >= INTERVAL.min && ms <= INTERVAL.max);
}

/** Exact; undefined for what is no duration, or none that 64 bits hold. What is below a nanosecond is cut off, as Go does. */
export function tryParseNanoseconds(text: string): bigint | undefined {
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  if (body === "0") return 0n;
  let ns = 0n;
  let end = 0;
  for (const [part, whole = "", fraction = "", bare = "", unit] of body.matchAll(PART)) {
    if (whole.length > 20) return undefined; // past 64 bits whatever the unit, and dear to read
    const scale = NS_BY_UNIT[unit!]!;
    const digits = (fraction + bare).slice(0, 15); // an hour has 13 digits of nanoseconds
    ns += BigInt(whole) * scale + (BigInt(digits || "0") * scale) / 10n ** BigInt(digits.length);
    end += part.length;
    if (ns > MAX_NS) return undefined;
  }
  if (body === "" || end !== body.length) return undefined;
  return text.startsWith("-") ? -ns : ns;
}

/** Go's canonical text of milliseconds: `1h0m0s`, `1m30s`, `1.5s`, `500ms`, `0s`. */
export function formatDuration(ms: number): string {
  return formatNanoseconds(BigInt(Math.round(ms * 1e6)));
}

export function formatNanoseconds(signed: bigint): string {
  const sign = signed < 0n ? "-" : "";
  const ns = signed < 0n ? -signed : signed;
  if (ns === 0n) return "0s";
  if (ns < 1_000n) return `${sign}${ns}ns`;
  if (ns < 1_000_000n) return `${sign}${decimal(ns, 3)}µs`;
  if (ns < 1_000_000_000n) return `${sign}${decimal(ns, 6)}ms`;
  const minutes = ns / NS_BY_UNIT["m"]!;
  const seconds = `${decimal(ns % NS_BY_UNIT["m"]!, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return `${sign}${minutes >= 60n ? `${minutes / 60n}h` : ""}${minutes % 60n}m${seconds}`;
}

/** `value` / 10^digits without trailing zeros. */
function decimal(value: bigint, digits: number): string {
  const text = String(value).padStart(digits + 1, "0");
  const fraction = text.slice(-digits).replace(/0+$/, "");
  return text.slice(0, -digits) + (fraction === "" ? "" : `.${fraction}`);
}
