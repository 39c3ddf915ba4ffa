/** `48812` → `48,812`. Grouping is fixed so that server and browser agree. */
export function formatCount(value: number): string {
  return Math.trunc(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 node", "3 nodes"; zero is plural. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(value)} ${value === 1 ? noun : plural}`;
}

/** 1024-based, as the kernel counts. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A count that may be far beyond what a page can write out: `62,949` or `2⁷²`. */
export function formatBig(value: bigint): string {
  if (value < 10_000_000n) return formatCount(Number(value));
  const bits = value.toString(2).length - 1;
  return `${1n << BigInt(bits) === value ? "" : "> "}2${superscript(bits)}`;
}

function superscript(value: number): string {
  return value.toString().replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(digit)));
}

/** Share of a whole as `84.0 %`; never rounds something to nothing or to all. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  if (percent < 100 && percent > 99.9) return "99.9 %";
  return `${percent.toFixed(1)} %`;
}
