import { Profile } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";

/** The stored object that a policy is of. */
export function refOfPolicy({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}): ObjectRef {
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

export function refOfProfile(name: string): ObjectRef {
  return { kind: Profile.kind, name };
}

/** `name` or `namespace/name`: what people call it where the kind is known. */
export function formatName({ namespace, name }: Pick<ObjectRef, "namespace" | "name">): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
