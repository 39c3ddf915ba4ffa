import { API_GROUP, definitionByPlural } from "@percale/resources";
import type { ObjectRef, ResourceDefinition } from "@percale/resources";

/** What a path names. */
export interface ObjectRoute {
  readonly definition: ResourceDefinition;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: "status";
}

const PREFIX = `/apis/${API_GROUP}/v3/`;

/** `/apis/projectcalico.org/v3/[namespaces/NS/]PLURAL[/NAME[/status]]`; undefined for anything else. */
export function parseObjectRoute(pathname: string): ObjectRoute | undefined {
  if (!pathname.startsWith(PREFIX)) return undefined;
  const parts = decodeParts(pathname.slice(PREFIX.length));
  if (parts === undefined) return undefined;
  const namespace = parts[0] === "namespaces" && parts.length > 2 ? parts[1] : undefined;
  const [plural, name, subresource, ...rest] = namespace === undefined ? parts : parts.slice(2);
  const definition = plural === undefined ? undefined : definitionByPlural(plural);
  if (definition === undefined || rest.length > 0 || name === "") return undefined;
  if (namespace !== undefined && !definition.namespaced) return undefined;
  // One object of a namespaced kind is only reachable through its namespace.
  if (name !== undefined && definition.namespaced && namespace === undefined) return undefined;
  if (subresource !== undefined && (subresource !== "status" || !definition.statusSubresource)) return undefined;
  return {
    definition,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource: "status" as const }),
  };
}

function decodeParts(path: string): string[] | undefined {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    return undefined; // a stray % is no path of ours
  }
}

/** The object a route names; without one, its kind (and namespace) with an empty name. */
export function refOfRoute({ definition, namespace, name = "" }: ObjectRoute): ObjectRef {
  return namespace === undefined ? { kind: definition.kind, name } : { kind: definition.kind, namespace, name };
}
