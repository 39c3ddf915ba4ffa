import { z } from "zod";
import { ownForm } from "@percale/resources";
import type { ChangeSet } from "@percale/protocol";
import type { KubeObject, ObjectRef } from "@percale/resources";

/** As many as one change set may hold. */
export const MAX_CHANGES = 10_000;
/** Long enough to look, short enough for who locked himself out. */
const MIN_CONFIRM_S = 10;
const MAX_CONFIRM_S = 86_400;
const name = z.string().min(1).max(253);

export const objectRef: z.ZodType<ObjectRef> = z.strictObject({
  kind: z.string().min(1).max(63),
  namespace: name.exactOptional(),
  name,
});

const given = z.string().nullish();
// Only what rights are judged by: admission says everything else about it, field by field.
const kubeObject = z
  .looseObject({
    kind: z.string(),
    metadata: z.looseObject({ name: given, generateName: given, namespace: given }),
  })
  .transform((value) => ownForm(value) as unknown as KubeObject);

const change = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("create"), object: kubeObject }),
  z.strictObject({ op: z.literal("update"), object: kubeObject, subresource: z.literal("status").exactOptional() }),
  z.strictObject({
    op: z.literal("delete"),
    ref: objectRef,
    uid: z.string().max(64).exactOptional(),
    resourceVersion: z.string().max(20).exactOptional(),
  }),
]);

/** Counted before any of them is looked at. */
export const changes = z.array(z.unknown()).min(1).max(MAX_CHANGES).pipe(z.array(change));

export const changeSet = z.strictObject({
  changes,
  author: z.string().max(253).exactOptional(),
  reason: z.string().max(1_024).exactOptional(),
  dryRun: z.boolean().exactOptional(),
  confirmWithin: z.int().min(MIN_CONFIRM_S).max(MAX_CONFIRM_S).exactOptional(),
}) satisfies z.ZodType<ChangeSet>;
