import { parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import type { KubeObject } from "../object.ts";

const cidrByObject = new WeakMap<KubeObject, Cidr>();

/** A stored object's `spec.cidr`, parsed once: rules compare every pool and block with every other. */
export function cidrOf(object: KubeObject<{ readonly cidr: string }>): Cidr {
  let cidr = cidrByObject.get(object);
  if (cidr === undefined) cidrByObject.set(object, (cidr = parseCidr(object.spec.cidr)));
  return cidr;
}
