import { z } from "zod";
import type { Immutable } from "../define.ts";

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

type ConditionsStatus = Immutable<z.output<typeof conditionsStatus>>;
type Condition = NonNullable<ConditionsStatus["conditions"]>[number];

/** The status with this condition; its time moves only when the condition turns. */
export function withCondition(
  status: ConditionsStatus | undefined,
  { now, ...condition }: Pick<Condition, "type" | "status" | "reason" | "message"> & { readonly now: Date },
): ConditionsStatus {
  const before = status?.conditions?.find(({ type }) => type === condition.type);
  const lastTransitionTime =
    before?.status === condition.status ? before.lastTransitionTime : now.toISOString().replace(/\.\d+Z$/, "Z");
  const others = (status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...status, conditions: [...others, { ...condition, lastTransitionTime }] };
}
