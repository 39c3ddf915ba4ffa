import * as z from "zod";
import type { Immutable } from "../define.ts";

/** `status.conditions` as Kubernetes defines them: one per type. */
export const conditionsStatus = z.strictObject({
  conditions: z
    .array(
      z.strictObject({
        type: z.string().meta({ title: "Type", description: "What the condition is about." }),
        status: z.enum(["True", "False", "Unknown"]).meta({ title: "Status", description: "Whether it holds." }),
        reason: z.string().meta({ title: "Reason", description: "One word for programs: why it holds or not." }),
        message: z.string().meta({ title: "Message", description: "A sentence for people." }).default(""),
        lastTransitionTime: z.string().meta({ title: "Last transition", description: "When the status last changed." }),
        observedGeneration: z
          .int()
          .meta({ title: "Observed generation", description: "The generation of the spec this was judged by." })
          .optional(),
      }),
    )
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
    .meta({ title: "Conditions", description: "The latest judgement of each aspect." })
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
