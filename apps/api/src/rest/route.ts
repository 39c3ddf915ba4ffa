import { resourceDefinitions } from "@percale/resources";
import type { GroupVersion, ObjectRef, ResourceDefinition } from "@percale/resources";

/** What a path names. */
export interface ObjectRoute {
  readonly definition: ResourceDefinition;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: "status";
}

/** Where the kinds of an API version live: the core group has a root of its own. */
export function rootOf({ group, version }: GroupVersion): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

const definitionByPath = new Map(resourceDefinitions.map((one) => [`${rootOf(one)}/${one.servedPlural}`, one]));

/** `ROOT/[namespaces/NS/]PLURAL[/NAME[/status]]`; undefined for anything else. */
export function parseObjectRoute(pathname: string): ObjectRoute | undefined {
  const [, root, path] = /^(\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)\/(.+)$/.exec(pathname) ?? [];
  const parts = path === undefined ? undefined : decodeParts(path);
  if (parts === undefined) return undefined;
  // `namespaces/NS/status` is a part of a namespace, anything else after one stands in it.
  const isWithin = parts[0] === "namespaces" && parts.length > 2 && parts[2] !== "status";
  const namespace = isWithin ? parts[1] : undefined;
  const [plural, name, subresource, ...rest] = namespace === undefined ? parts : parts.slice(2);
  const definition = definitionByPath.get(`${root}/${plural}`);
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
