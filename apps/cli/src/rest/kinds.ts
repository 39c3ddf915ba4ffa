/** Which kinds there are, by every word that a person may say for one. */
import { didYouMean } from "@percale/daemon";
import { definitionByPlural, kinds as catalog } from "@percale/resources/catalog";
import { exitCodes } from "@percale/protocol";
import { ExitError } from "../exit-error.ts";
import type { Access } from "./client.ts";
import { call } from "./client.ts";

/** Where our own kinds are served. */
export const OUR_ROOT = "/apis/projectcalico.org/v3";

export interface Kind {
  /** `/api/v1`, `/apis/<group>/<version>` */
  readonly root: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** What its group calls it, in documents and in paths. */
  readonly served: { readonly kind: string; readonly plural: string };
  readonly namespaced: boolean;
  /** Nobody writes it but the system. */
  readonly readOnly: boolean;
  /** Lower case: everything a person may type. */
  readonly aliases: readonly string[];
}

/** Those that this command knows by itself. */
export const ownKinds: readonly Kind[] = catalog.map(
  ({ apiVersion, kind, plural, servedKind, servedPlural, shortNames, traits, namespaced, readOnly }) => ({
    root: rootOf(apiVersion),
    apiVersion,
    kind,
    plural,
    served: { kind: servedKind, plural: servedPlural },
    namespaced,
    readOnly,
    aliases: [plural, kind.toLowerCase(), ...shortNames, ...(traits.aliases ?? [])],
  }),
);

/** The kind that a word stands for. Asks the server only for one that this command does not know: it may be newer. */
export async function resolveKind(access: () => Promise<Access>, typed: string): Promise<Kind> {
  return lookUp(ownKinds, typed) ?? findKind([...ownKinds, ...(await discoverKinds(await access()))], typed);
}

/** The kind of a document, or undefined if this command does not know it. */
export function kindOfDocument(apiVersion: unknown, kind: unknown): Kind | undefined {
  return ownKinds.find((one) => one.apiVersion === apiVersion && one.served.kind === kind);
}

export function lookUp(kinds: readonly Kind[], typed: string): Kind | undefined {
  const wanted = typed.toLowerCase();
  const [name, ...group] = wanted.split(".");
  return (
    kinds.find(({ aliases }) => aliases.includes(wanted)) ??
    // What its own group calls it, where no other kind is called so.
    kinds.find(({ served }) => [served.plural, served.kind.toLowerCase()].includes(wanted)) ??
    // kubectl's form, such as tiers.projectcalico.org
    kinds.find(
      ({ aliases, root, served }) =>
        group.length > 0 && [...aliases, served.plural].includes(name!) && root.includes(`/${group.join(".")}/`),
    )
  );
}

export function findKind(kinds: readonly Kind[], typed: string): Kind {
  const found = lookUp(kinds, typed);
  if (found !== undefined) return found;
  const known = new Set(kinds.map(({ plural }) => plural));
  const words = kinds.flatMap(({ aliases }) => aliases);
  throw new ExitError(
    `resource type '${typed}' is not supported; there are ${[...known].join(", ")}${didYouMean(typed, words)}`,
    { code: exitCodes.percale.usage.code },
  );
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly singularName?: string;
  readonly shortNames?: readonly string[];
}

/** The kinds that this server serves, from its discovery documents. */
export async function discoverKinds(access: Access): Promise<readonly Kind[]> {
  const versions = ["v1", ...(await groupVersions(access))];
  const lists = await Promise.all(
    versions.map(async (apiVersion) => kindsOf(apiVersion, await call(access, "GET", rootOf(apiVersion)))),
  );
  return lists.flat();
}

async function groupVersions(access: Access): Promise<readonly string[]> {
  const { groups } = (await call(access, "GET", "/apis")) as {
    readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  };
  return groups.map(({ preferredVersion }) => preferredVersion.groupVersion);
}

function kindsOf(apiVersion: string, list: unknown): Kind[] {
  const { resources } = list as { readonly resources: readonly ApiResource[] };
  return resources
    .filter(({ name, verbs }) => !name.includes("/") && verbs.includes("list")) // reviews are questions
    .map(({ name, kind, namespaced, singularName = "", shortNames = [] }) => ({
      root: rootOf(apiVersion),
      apiVersion,
      kind,
      plural: name,
      served: { kind, plural: name },
      namespaced,
      readOnly: false,
      aliases: [
        name,
        kind.toLowerCase(),
        singularName,
        ...shortNames,
        ...(definitionByPlural(name)?.traits.aliases ?? []),
      ],
    }));
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Path of a collection, or of one object in it. Without a namespace: across all of them. */
export function pathOf({ root, served, namespaced }: Kind, namespace?: string, name?: string): string {
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${served.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
