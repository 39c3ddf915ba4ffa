import { definitionByPlural, definitionOf, kindWordsOf, type ObjectRef, type Kind } from "@percale/resources/catalog";

export { definitionByPlural, definitionOf };

/** Address of an object's page; task pages stand in for the kinds that have one. */
export function pathOf({ kind, namespace, name }: ObjectRef): string {
  const plural = definitionOf(kind)?.plural ?? `${kind.toLowerCase()}s`;
  return namespace === undefined
    ? `/${plural}/${encodeURIComponent(name)}`
    : `/${plural}/${namespace}/${encodeURIComponent(name)}`;
}

/** `networkpolicies/shop/allow-web` ⇄ reference, as it stands behind `open=`. */
export function parseOpen(text: string | null): ObjectRef | undefined {
  const [plural = "", ...rest] = text?.split("/") ?? [];
  const definition = definitionByPlural(plural);
  if (definition === undefined) return undefined;
  return refFrom(definition, rest);
}

export function refFrom({ kind, namespaced }: Kind, parts: readonly string[]): ObjectRef | undefined {
  if (namespaced) {
    const [namespace, ...name] = parts;
    return namespace === undefined || name.length === 0 ? undefined : { kind, namespace, name: name.join("/") };
  }
  return parts.length === 0 ? undefined : { kind, name: parts.join("/") };
}

export function formatOpen(ref: ObjectRef): string {
  return pathOf(ref).slice(1);
}

/** `global network policy`; of a kind that is none of ours the words of its name. */
export function kindWords(kind: string): string {
  return (definitionOf(kind)?.words ?? kindWordsOf(kind)).one;
}
