import { compare, difference, fieldsOf, NOTHING, union } from "@percale/fields";
import type { FieldSet } from "@percale/fields";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { kindType } from "./kind-type.ts";

/** What `kubectl apply` calls itself, with and without `--server-side`. */
export const KUBECTL = "kubectl";
/** Where client-side apply keeps what it applied; `kubectl apply view-last-applied` reads it. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The object with what was applied in it, if it had that from client-side apply: so people may go back. */
export function withLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  const { annotations } = object.metadata ?? {};
  if ((annotations?.[LAST_APPLIED] ?? "") === "") return object;
  const { [LAST_APPLIED]: _, ...others } = config.metadata.annotations ?? {};
  const said = {
    ...config,
    metadata: { ...config.metadata, ...(config.metadata.annotations && { annotations: others }) },
  };
  const text = `${JSON.stringify(sorted(said))}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

/** The fields that client-side apply set and nobody changed since. */
export function lastAppliedFields(definition: ResourceDefinition, object: KubeObject): FieldSet {
  const config = configOf(object.metadata.annotations?.[LAST_APPLIED]);
  if (config?.apiVersion !== definition.apiVersion) return NOTHING;
  const type = kindType(definition);
  const { added, modified, removed } = compare(config, object, type);
  return difference(fieldsOf(config, type), union(union(added, modified), removed));
}

function configOf(text: string | undefined): Partial<KubeObject> | undefined {
  try {
    const config: unknown = JSON.parse(text ?? "");
    return typeof config === "object" && config !== null ? config : undefined;
  } catch {
    return undefined; // anybody may write an annotation
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
