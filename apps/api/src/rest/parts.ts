import { inTurns } from "@percale/daemon";

/** Characters of one part, unless a single item has more: what is encrypted and sent in one turn of the event loop. */
const PART = 256 * 1024;

/** The JSON of a list in parts, made in turns: bytes, but for the last. */
export async function inParts<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  { before, between, after }: { readonly before: string; readonly between: string; readonly after: string },
): Promise<(Buffer | string)[]> {
  const parts: (Buffer | string)[] = [];
  let part = before;
  let separator = "";
  await inTurns(items, (item) => {
    part += separator + textOf(item);
    separator = between;
    if (part.length < PART) return;
    parts.push(Buffer.from(part));
    part = "";
  });
  parts.push(part + after);
  return parts;
}
