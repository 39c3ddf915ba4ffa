import type { KubeObject } from "@percale/resources";

/** One that is not in a namespace, unless `more` of its metadata says so. */
export function object(kind: string, name: string, spec: unknown, more: object = {}): KubeObject {
  return { apiVersion: "projectcalico.org/v3", kind, metadata: { name, ...more }, spec };
}

/** The default tier. */
export const tier = object("Tier", "default", { order: 1_000_000, defaultAction: "Deny" });

/** A pool called after its family, in blocks of 64 addresses. */
export function pool(cidr: string): KubeObject {
  const isV6 = cidr.includes(":");
  return object("IPPool", isV6 ? "v6" : "v4", { cidr, blockSize: isV6 ? 122 : 26, nodeSelector: "all()" });
}
