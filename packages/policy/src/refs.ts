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
  return { kind: "Profile", name };
}
