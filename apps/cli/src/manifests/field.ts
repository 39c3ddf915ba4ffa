/** `spec.ingress[0].source`, `metadata.labels[a/b]` → keys and indexes. */
export function parseField(field: string): (string | number)[] {
  return [...field.matchAll(/\[(\d+)\]|\[([^\]]*)\]|[^.[\]]+/g)].map(([text, index, key]) =>
    index !== undefined ? Number(index) : (key ?? text),
  );
}
