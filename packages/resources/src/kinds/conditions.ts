import { z } from "zod";

/** `status.conditions` as Kubernetes defines them: one per type. */
export const conditionsStatus = z.strictObject({
  conditions: z
    .array(
      z.strictObject({
        type: z.string().describe("What the condition is about."),
        status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds."),
        reason: z.string().describe("One word for programs: why it holds or not."),
        message: z.string().describe("A sentence for people.").default(""),
        lastTransitionTime: z.string().describe("When `status` last changed."),
        observedGeneration: z.int().describe("The generation of the spec this was judged by.").optional(),
      }),
    )
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
    .describe("The latest judgement of each aspect.")
    .optional(),
});
