import * as z from "zod";

/** Source: kubernetes/api `core/v1/types.go`. */
export const objectReference = z.strictObject({
  kind: z.string().meta({ title: "Kind", description: "Kind of the object." }).optional(),
  namespace: z.string().meta({ title: "Namespace", description: "Its namespace." }).optional(),
  name: z.string().meta({ title: "Name", description: "Its name." }).optional(),
  uid: z.string().meta({ title: "Object identity", description: "UID of the very object." }).optional(),
  apiVersion: z.string().meta({ title: "API version", description: "API version of its kind." }).optional(),
  resourceVersion: z.string().meta({ title: "Version", description: "The version of it that is meant." }).optional(),
  fieldPath: z.string().meta({ title: "Field path", description: "The part of it that is meant." }).optional(),
});
