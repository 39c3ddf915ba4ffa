import * as z from "zod";
import { column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";

/** For kinds of which there is one object. */
export function onlyDefault(name: string): string | undefined {
  return name === "default" ? undefined : "must be default: there is one object of this kind";
}

export const ClusterInformation = defineResource({
  kind: "ClusterInformation",
  scope: "Cluster",
  description: "What the cluster is. Written by the system, read by everyone.",
  shortNames: ["clusterinfo", "clusterinfos"],
  looks: { page: "settings" },
  readOnly: true,
  columns: [
    column("Version", "spec.calicoVersion", "Version the cluster runs"),
    column("Ready", "spec.datastoreReady", "False while the datastore is locked", "boolean"),
    column("Types", "spec.clusterType", "What the cluster is made of"),
  ],
  nameFault: onlyDefault,
  spec: z.strictObject({
    clusterGUID: z
      .string()
      .regex(/^([0-9a-f]{32})?$/, "must be 32 hexadecimal digits")
      .meta({ title: "Cluster ID", description: "Identity of the cluster, made when it was initialised." })
      .optional(),
    clusterType: z
      .string()
      .meta({ title: "Cluster type", description: "What the cluster is made of: words joined by commas." })
      .optional(),
    calicoVersion: z.string().meta({ title: "Calico version", description: "Version the cluster runs." }).optional(),
    datastoreReady: z
      .boolean()
      .meta({
        title: "Datastore ready",
        description: "False while the datastore is locked, for instance during a migration: agents wait.",
      })
      .optional(),
    variant: z.string().meta({ title: "Edition", description: "Edition of the software." }).optional(),
  }),
});
export type ClusterInformation = ObjectOf<typeof ClusterInformation>;
