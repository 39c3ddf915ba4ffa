import { didYouMean } from "@percale/daemon";
import { definitionByPlural } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import type { Access } from "./client.ts";
import { call } from "./client.ts";

/** Where kinds are served: ours, and Kubernetes' own that are held here. */
export const OUR_ROOT = "/apis/projectcalico.org/v3";
const ROOTS = [OUR_ROOT, "/api/v1"];

export interface Kind {
  readonly root: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Lower case: everything a person may type. */
  readonly aliases: readonly string[];
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singularName?: string;
  readonly shortNames?: readonly string[];
}

/** The kinds that this server serves, from its discovery documents. */
export async function discoverKinds(access: Access): Promise<readonly Kind[]> {
  const lists = await Promise.all(ROOTS.map(async (root) => kindsOf(root, await call(access, "GET", root))));
  return lists.flat();
}

function kindsOf(root: string, list: unknown): Kind[] {
  const { resources } = list as { readonly resources: readonly ApiResource[] };
  return resources
    .filter(({ name }) => !name.includes("/"))
    .map(({ name, kind, namespaced, singularName = "", shortNames = [] }) => ({
      root,
      kind,
      plural: name,
      namespaced,
      aliases: [
        name,
        kind.toLowerCase(),
        singularName,
        ...shortNames,
        ...(definitionByPlural(name)?.traits.aliases ?? []),
      ],
    }));
}

export function findKind(kinds: readonly Kind[], typed: string): Kind {
  const wanted = typed.toLowerCase();
  const found = kinds.find(({ aliases }) => aliases.includes(wanted));
  if (found !== undefined) return found;
  const known = kinds.map(({ plural }) => plural);
  const words = kinds.flatMap(({ aliases }) => aliases);
  throw new ExitError(
    `resource type '${typed}' is not supported; there are ${known.join(", ")}${didYouMean(typed, words)}`,
    { code: 2 },
  );
}

/** Path of a collection, or of one object in it. Without a namespace: across all of them. */
export function pathOf({ root, plural, namespaced }: Kind, namespace?: string, name?: string): string {
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
