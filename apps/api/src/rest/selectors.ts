import { StatusError, badRequest, valueAt } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";

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

const KEY = String.raw`[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?(?:\/[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?`;
const TERM = new RegExp(
  String.raw`^\s*(?:(!)\s*)?(?<key>${KEY})\s*(?:(?<op>==|=|!=|\bin\b|\bnotin\b)\s*(?:\((?<set>[^()]*)\)|(?<value>[^,()]*)))?\s*$`,
);

/** Kubernetes' label selector: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. */
export function parseLabelSelector(text: string): Filter[] {
  return splitTerms(text).map((term) => {
    const match = TERM.exec(term);
    const { key, op, set, value } = match?.groups ?? {};
    const isSet = op === "in" || op === "notin";
    if (match === null || key === undefined || (isSet ? set === undefined : set !== undefined))
      throw badRequest(
        `labelSelector: unable to parse requirement ${JSON.stringify(term.trim())}: use key=value, key!=value, key in (a,b), key notin (a,b), key or !key`,
      );
    const get = ({ metadata }: KubeObject): string | undefined =>
      metadata.labels !== undefined && Object.hasOwn(metadata.labels, key) ? metadata.labels[key] : undefined;
    if (op === undefined)
      return match[1] === "!" ? (object) => get(object) === undefined : (object) => get(object) !== undefined;
    const values = new Set(isSet ? set!.split(",").map((one) => one.trim()) : [value!.trim()]);
    const isIn: Filter = (object) => {
      const label = get(object);
      return label !== undefined && values.has(label);
    };
    return op === "!=" || op === "notin" ? (object) => !isIn(object) : isIn;
  });
}

function parseFieldSelector(
  definition: ResourceDefinition,
  text: string,
): { readonly filters: Filter[]; readonly name?: string } {
  let name: string | undefined;
  const filters = splitTerms(text).map((term): Filter => {
    const match = /^\s*([^!=\s]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term);
    if (match === null)
      throw badRequest(`fieldSelector: unable to parse ${JSON.stringify(term)}: use field=value or field!=value`);
    const [, field, op, value] = match as unknown as [string, string, string, string];
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

/** Splits at commas outside parentheses. */
function splitTerms(text: string): string[] {
  return text.trim() === "" ? [] : text.split(/,(?![^(]*\))/);
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
