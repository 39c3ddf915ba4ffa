/** V8's headers, rounded: a string's, an object's or array's, a number that is no small integer. */
const STRING = 24;
const OBJECT = 32;
const SLOT = 8;

/**
 * About how much memory a parsed JSON value holds, with the JSON text that is made of it when it is first sent. Keys are shared between
 * objects of one shape and count in the text alone. A third too much for IPAM blocks. Values of the store nest no deeper than its edge allows.
 */
export function heapBytes(value: unknown): number {
  if (typeof value === "string") return STRING + 2 * value.length;
  if (typeof value !== "object" || value === null) return SLOT;
  let bytes = OBJECT;
  if (Array.isArray(value)) for (const item of value) bytes += SLOT + heapBytes(item);
  else for (const key in value) bytes += SLOT + key.length + heapBytes(value[key as keyof typeof value]);
  return bytes;
}
