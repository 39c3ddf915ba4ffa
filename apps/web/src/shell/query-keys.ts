/** Every key that some page of this version reads. */
const KNOWN = new Set(
  "q f ns node author kind ingress egress src dst proto port sort view open focus new tab tier verdict system block next live".split(
    " ",
  ),
);

/** Keys of a link that no page reads: they stay in the address and are named, never silently dropped. */
export function unknownKeys(keys: Iterable<string>, pathname: string): readonly string[] {
  const all = new Set(keys);
  const isCreating = pathname.startsWith("/new/") || all.has("new");
  return [...all].filter((key) => !KNOWN.has(key) && !key.startsWith("_") && !(key === "from" && isCreating));
}
