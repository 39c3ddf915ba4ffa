/** What a server would make of manifests, without making it. */
import type { Change, ChangeSetResult } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import { wordsOfRefusal } from "../manifests/fault.ts";
import { idOf } from "../manifests/target.ts";
import type { Target } from "../manifests/target.ts";
import type { Access, Reply } from "../rest/client.ts";
import { messageOf, send } from "../rest/client.ts";
import { pathOf } from "../rest/kinds.ts";
import { inParallel } from "../rest/parallel.ts";
import { nameOf, over, refusalOf, withoutVersion } from "../verbs/write.ts";

/** One object as it is and as it would be. */
export interface Rehearsed {
  readonly target: Target;
  readonly id: string;
  readonly change: Exclude<Change, { readonly op: "delete" }>;
  /** Absent: it would be made. */
  readonly stored?: KubeObject;
  readonly wouldBe: KubeObject;
  /** The write would leave it as it is. */
  readonly isSame: boolean;
}

/** Checked together, as one change set. Throws ExitError with every refusal, each with its place in the files. */
export async function rehearse(access: Access, targets: readonly Target[]): Promise<readonly Rehearsed[]> {
  if (targets.length === 0) return [];
  refuse(targets.flatMap((target) => refusalOf("apply", target) ?? []));
  const stored = await inParallel(targets, async ({ kind, namespace, object }) => {
    const reply = await send(access, "GET", pathOf(kind, namespace, nameOf(object)));
    if (reply.status === 404) return undefined;
    if (reply.status >= 400) throw new ExitError(messageOf(reply));
    return reply.body as KubeObject;
  });
  const changes = targets.map(({ object }, i): Rehearsed["change"] => {
    const old = stored[i];
    return old === undefined
      ? { op: "create", object: withoutVersion(object) }
      : { op: "update", object: over(object, old) };
  });
  const reply = await send(access, "POST", "/changesets/v1", { body: { changes, dryRun: true } });
  if (reply.status >= 400) refuse(await refusalsOf(access, targets, changes, reply));
  const { objects } = reply.body as ChangeSetResult;
  return targets.map((target, i) => ({
    target,
    id: idOf(target.kind.kind, target.namespace, nameOf(target.object)),
    change: changes[i]!,
    ...(stored[i] !== undefined && { stored: stored[i] }),
    wouldBe: objects[i]!,
    isSame: stored[i] !== undefined && textOf(stored[i]) === textOf(objects[i]!),
  }));
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new ExitError(`refused:\n${faults.map((fault) => `  ${fault.trimEnd()}`).join("\n")}`);
}

/** A set is refused at its first fault: asked one by one, each object tells its own. */
async function refusalsOf(
  access: Access,
  targets: readonly Target[],
  changes: readonly Rehearsed["change"][],
  whole: Reply,
): Promise<readonly string[]> {
  const faults = await inParallel([...targets.entries()], async ([i, target]) => {
    const { kind, namespace, object } = target;
    const change = changes[i]!;
    const path = change.op === "create" ? pathOf(kind, namespace) : pathOf(kind, namespace, nameOf(object));
    const query = "?fieldValidation=Strict&dryRun=All";
    const reply = await send(access, change.op === "create" ? "POST" : "PUT", `${path}${query}`, {
      body: change.object,
    });
    const id = idOf(kind.kind, namespace, nameOf(object));
    return reply.status < 400 ? [] : [wordsOfRefusal(reply, id, "apply", target.manifest)];
  });
  // Alone each would do: what is wrong is what they are together.
  return faults.flat().length > 0 ? faults.flat() : [messageOf(whole)];
}

/** Without what the store alone counts. */
export function withoutCounts(object: KubeObject): KubeObject {
  const {
    resourceVersion: _,
    generation: __,
    managedFields: ___,
    uid: ____,
    creationTimestamp: _____,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}

function textOf(object: KubeObject): string {
  return JSON.stringify(sorted(withoutCounts(object)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, held]) => [key, sorted(held)]));
}
