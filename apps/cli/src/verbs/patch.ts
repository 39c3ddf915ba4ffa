import type { KubeObject } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import { wordsOfRefusal } from "../manifests/fault.ts";
import { idOf } from "../manifests/target.ts";
import type { Access, Reply } from "../rest/client.ts";
import { send } from "../rest/client.ts";
import { pathOf } from "../rest/kinds.ts";
import type { Kind } from "../rest/kinds.ts";
import { readText } from "./text.ts";
import { tell } from "./outcome.ts";

/** calicoctl's words for the ways of patching. */
export const PATCH_TYPES = {
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
} as const;

/** An object that is named. */
interface One {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface PatchOptions {
  readonly type: keyof typeof PATCH_TYPES;
  readonly dryRun?: boolean;
  readonly warn: (text: string) => void;
}

/** `patch`: JSON or YAML. */
export async function patchObject(
  access: Access,
  { kind, namespace, name }: One,
  patch: string,
  options: PatchOptions,
): Promise<string> {
  const body = await readText(patch, "the patch");
  const path = `${pathOf(kind, namespace, name)}?fieldValidation=Strict${options.dryRun === true ? "&dryRun=All" : ""}`;
  const as = (type: keyof typeof PATCH_TYPES): Promise<Reply> =>
    send(access, "PATCH", path, { body, headers: { "content-type": PATCH_TYPES[type] } });
  let reply = await as(options.type);
  // A Kubernetes server takes none for kinds that are not its own. Without directives it says what a merge patch says.
  if (reply.status === UNSUPPORTED && options.type === "strategic" && !hasDirective(body)) reply = await as("merge");
  for (const warning of reply.warnings ?? []) options.warn(`Warning: ${warning}`);
  const faults =
    reply.status < 400
      ? []
      : [{ kind: kind.kind, words: wordsOfRefusal(reply, idOf(kind.kind, namespace, name), "patch") }];
  return tell("patch", { kinds: [kind.kind], faults }, () => undefined);
}

const UNSUPPORTED = 415;

/** What only a strategic merge patch can say: `$patch: delete` and its like. */
function hasDirective(patch: unknown): boolean {
  if (typeof patch !== "object" || patch === null) return false;
  return Object.entries(patch).some(([key, value]) => key.startsWith("$") || hasDirective(value));
}

export interface LabelOptions {
  readonly remove?: boolean;
  readonly overwrite?: boolean;
}

/** `label`: `key=value`, or `key` to remove it. The version that was read is the one that is changed. */
export async function labelObject(
  access: Access,
  { kind, namespace, name }: One,
  label: string,
  options: LabelOptions,
): Promise<string> {
  const { key, value } = parseLabel(label, options.remove === true);
  const path = pathOf(kind, namespace, name);
  const id = idOf(kind.kind, namespace, name);
  const stored = await send(access, "GET", path);
  if (stored.status >= 400) throw new ExitError(wordsOfRefusal(stored, id, "label"));
  const { metadata } = stored.body as KubeObject;
  const had = metadata.labels?.[key];
  const what = `${kind.kind} ${name}`;
  if (value === null && had === undefined)
    throw new ExitError(`cannot remove label of ${what}, key ${key} does not exist`);
  if (value !== null && had !== undefined && had !== value && options.overwrite !== true)
    throw new ExitError(
      `failed to update label of ${what}, key ${key} is already present. please use '--overwrite' to set a new value`,
    );
  const { resourceVersion } = metadata;
  const body = { metadata: { labels: { [key]: value }, ...(resourceVersion !== undefined && { resourceVersion }) } };
  const reply: Reply = await send(access, "PATCH", path, { body, headers: { "content-type": PATCH_TYPES.merge } });
  if (reply.status >= 400) throw new ExitError(wordsOfRefusal(reply, id, "label"));
  if (value === null) return `Successfully removed label ${key} from ${what}\n`;
  return `Successfully ${had === undefined ? "set" : "updated"} label ${key} on ${what}\n`;
}

/** The value is null where the label shall go. Throws ExitError. */
function parseLabel(text: string, isRemoval: boolean): { readonly key: string; readonly value: string | null } {
  const [key = "", ...rest] = text.split("=");
  if (key === "" || rest.length > 1 || (!isRemoval && rest.length === 0)) throw new ExitError(`invalid label ${text}`);
  if (isRemoval && rest.length > 0)
    throw new ExitError(`invalid label ${text}: with --remove it is the key alone, such as ${key}`);
  return { key, value: isRemoval ? null : rest[0]! };
}
