import { StatusError, badRequest, valueAt } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { fieldTerms, labelTerms } from "./selector-terms.ts";

/** True for objects a request selects. */
export type Filter = (object: KubeObject) => boolean;

export interface Selection {
  readonly matches: Filter;
  /** Whether anything is left out at all. */
  readonly filters: boolean;
  /** The one name asked for, if the selector pins it. */
  readonly name?: string;
}

/** `labelSelector` and `fieldSelector` of a request. Throws StatusError 400 with what was not understood. */
export function parseSelection(definition: ResourceDefinition, query: URLSearchParams): Selection {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(definition, query.get("fieldSelector") ?? "");
  const filters = [...labels, ...fields.filters];
  return {
    matches: (object) => filters.every((filter) => filter(object)),
    filters: filters.length > 0,
    ...(fields.name !== undefined && { name: fields.name }),
  };
}

/** Kubernetes' label selector. Throws StatusError 400. */
export function parseLabelSelector(text: string): Filter[] {
  return labelTerms(text).map(({ key, op, values }) => {
    const wanted = new Set(values);
    const get = ({ metadata }: KubeObject): string | undefined =>
      metadata.labels !== undefined && Object.hasOwn(metadata.labels, key) ? metadata.labels[key] : undefined;
    const isIn: Filter = (object) => {
      const label = get(object);
      return label !== undefined && wanted.has(label);
    };
    switch (op) {
      case "exists":
        return (object) => get(object) !== undefined;
      case "absent":
        return (object) => get(object) === undefined;
      case "=":
      case "in":
        return isIn;
      case "!=":
      case "notin":
        return (object) => !isIn(object);
    }
  });
}

function parseFieldSelector(
  definition: ResourceDefinition,
  text: string,
): { readonly filters: Filter[]; readonly name?: string } {
  let name: string | undefined;
  const filters = fieldTerms(text).map(({ key: field, op, values: [value = ""] }): Filter => {
    if (!definition.selectableFields.includes(field))
      throw badRequest(`field label not supported: ${field} (supported: ${definition.selectableFields.join(", ")})`);
    if (field === "metadata.name" && op !== "!=") name = value;
    const isEqual: Filter = (object) => {
      const found = valueAt(object, field);
      return (typeof found === "string" ? found : "") === value;
    };
    return op === "!=" ? (object) => !isEqual(object) : isEqual;
  });
  return name === undefined ? { filters } : { filters, name };
}

/** A decimal resourceVersion from a query; undefined if absent or empty. Throws StatusError 400. */
export function parseRevision(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  const revision = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(revision))
    throw new StatusError(
      "BadRequest",
      `resourceVersion: must be a decimal number given by this server, got ${JSON.stringify(text)}`,
    );
  return revision;
}
