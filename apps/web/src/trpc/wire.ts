import type { Change } from "@percale/protocol";
import type { KubeObject } from "@percale/resources/catalog";
import type { RouterInputs } from "./client.ts";

/**
 * JSON has no `unknown`: tRPC's types make every `spec` optional on its way through. The server always sends one, so these two
 * casts, and nothing else, cross that gap.
 */
interface WireObject extends Omit<KubeObject, "spec" | "metadata"> {
  readonly metadata: unknown;
  readonly spec?: unknown;
}

export function fromWire(object: WireObject): KubeObject {
  return object as KubeObject;
}

export function toWire(changes: readonly Change[]): RouterInputs["changes"]["submit"]["changes"] {
  return changes as never;
}
