/** create, apply, replace and delete of what files say: calicoctl's verbs, spoken as Kubernetes REST. */
import type { KubeObject } from "@percale/resources";
import { NetworkPolicy } from "@percale/resources/catalog";
import { ExitError } from "../exit-error.ts";
import { wordsOfCauses, wordsOfRefusal } from "../manifests/fault.ts";
import type { ReadOptions } from "../manifests/read.ts";
import { idOf, targetOf } from "../manifests/target.ts";
import type { Scope, Target } from "../manifests/target.ts";
import type { Access, Reply } from "../rest/client.ts";
import { send } from "../rest/client.ts";
import { pathOf } from "../rest/kinds.ts";
import { tell } from "./outcome.ts";
import type { Fault } from "./outcome.ts";

export type WriteVerb = "create" | "apply" | "replace" | "delete";

/** What to do about fields that a kind does not have; the names are kubectl's. */
export const VALIDATIONS = { strict: "Strict", warn: "Warn", ignore: "Ignore" } as const;
export type Validation = keyof typeof VALIDATIONS;

export interface WriteOptions extends Scope, ReadOptions {
  readonly dryRun?: boolean;
  /** create: what is there counts as done. */
  readonly skipExists?: boolean;
  /** delete: what is not there counts as done. */
  readonly skipMissing?: boolean;
  /** strict if absent: a misspelt field must not be taken for one left out. */
  readonly validate?: Validation;
  readonly warn?: (text: string) => void;
  readonly say?: (text: string) => void;
}

/** Writes every object of the files; goes on after a refusal and reports all of them at the end. If one cannot be read it writes nothing and asks for no access. */
export async function writeObjects(
  ask: () => Promise<Access>,
  verb: WriteVerb,
  files: readonly string[],
  options: WriteOptions,
): Promise<string> {
  const { warn = () => undefined, say = () => undefined } = options;
  const targets = await readTargets(files, options, verb === "delete" ? "ignore" : (options.validate ?? "strict"));
  const faults: Fault[] = [];
  const access = targets.length === 0 ? undefined : await ask();
  for (const target of targets) {
    const id = idOf(target.kind.kind, target.namespace, nameOf(target.object));
    const refusal = refusalOf(verb, target);
    if (refusal !== undefined) {
      faults.push({ kind: target.kind.kind, words: refusal });
      continue;
    }
    const reply = await writeOne(access!, verb, target, options);
    for (const warning of reply.warnings ?? []) warn(`Warning: ${id}: ${warning}`);
    if (reply.status < 400 || isSkipped(reply, verb, options)) continue;
    faults.push({ kind: target.kind.kind, words: wordsOfRefusal(reply, id, verb, target.manifest) });
  }
  const kinds = targets.map(({ kind }) => kind.kind);
  return tell(verb, { kinds, faults }, say);
}

/** All objects of the files, each of a kind that there is. Throws ExitError if one cannot be read, in whatever way. */
export async function readTargets(
  files: readonly string[],
  options: Scope & ReadOptions,
  validate: Validation,
): Promise<readonly Target[]> {
  try {
    const { readManifests } = await import("../manifests/read.ts");
    const targets = readManifests(files, options).map((manifest) => targetOf(manifest, options));
    if (validate !== "strict") return targets;
    const { faultsOf, unreadable } = await import("../manifests/check.ts");
    for (const target of targets) {
      const faults = unreadable(faultsOf(target, "Strict"));
      if (faults.length > 0) throw new ExitError(wordsOfCauses(faults, target.manifest));
    }
    return targets;
  } catch (cause) {
    if (!(cause instanceof ExitError)) throw cause;
    throw new ExitError(`failed to execute command: ${cause.message}`, { cause });
  }
}

/** What nobody may write, whatever the server says. */
export function refusalOf(verb: string, { kind, object }: Target): string | undefined {
  if (kind.readOnly) return `operation ${verb} is not supported on ${kind.kind}: resource is readonly`;
  if (kind.kind === NetworkPolicy.kind && nameOf(object).startsWith("knp.default."))
    return `operation ${verb} is not supported on ${idOf(kind.kind, object.metadata.namespace, nameOf(object))}: kubernetes network policies must be managed through the kubernetes API`;
  return undefined;
}

export function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? metadata.generateName ?? "";
}

function isSkipped({ status, body }: Reply, verb: WriteVerb, { skipExists, skipMissing }: WriteOptions): boolean {
  const { reason } = (body ?? {}) as { readonly reason?: string };
  if (verb === "create") return skipExists === true && reason === "AlreadyExists";
  return verb === "delete" && skipMissing === true && status === 404;
}

const TRIES = 5; // someone else may write between our read and our update

async function writeOne(access: Access, verb: WriteVerb, target: Target, options: WriteOptions): Promise<Reply> {
  const { object, kind, namespace } = target;
  const { dryRun = false, validate = "strict" } = options;
  const query = `?fieldValidation=${VALIDATIONS[validate]}${dryRun ? "&dryRun=All" : ""}`;
  const own = pathOf(kind, namespace, nameOf(object));
  const create = (body: KubeObject): Promise<Reply> =>
    send(access, "POST", `${pathOf(kind, namespace)}${query}`, { body });
  switch (verb) {
    case "create":
      return create(object);
    case "apply":
      return replace(access, object, { own, query, ifMissing: () => create(withoutVersion(object)) });
    case "replace":
      return replace(access, object, { own, query });
    case "delete":
      return send(access, "DELETE", `${own}${dryRun ? "?dryRun=All" : ""}`);
  }
}

interface Way {
  readonly own: string;
  readonly query: string;
  readonly ifMissing?: () => Promise<Reply>;
}

async function replace(access: Access, object: KubeObject, { own, query, ifMissing }: Way): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const stored = await send(access, "GET", own);
    if (stored.status === 404 && ifMissing !== undefined) return ifMissing();
    if (stored.status >= 400) return stored;
    const reply = await send(access, "PUT", `${own}${query}`, { body: over(object, stored.body as KubeObject) });
    const retry = reply.status === 409 && object.metadata.resourceVersion === undefined && tries < TRIES;
    if (!retry) return reply;
  }
}

/** An object as it is to replace a stored one: the store's own fields are the store's. */
export function over(object: KubeObject, stored: KubeObject): KubeObject {
  const { uid: _, creationTimestamp: __, generation: ___, managedFields: ____, ...own } = object.metadata;
  const { resourceVersion } = stored.metadata;
  return { ...object, metadata: { ...(resourceVersion !== undefined && { resourceVersion }), ...own } };
}

export function withoutVersion(object: KubeObject): KubeObject {
  const {
    resourceVersion: _,
    uid: __,
    creationTimestamp: ___,
    generation: ____,
    managedFields: _____,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}
