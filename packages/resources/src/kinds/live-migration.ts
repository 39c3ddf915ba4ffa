import * as z from "zod";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import type { Report } from "../issue.ts";
import { selector } from "../scalars/schemas.ts";

const workloadFields = {
  hostname: z.string().meta({ title: "Node", description: "The node that it is on." }),
  orchestratorID: z.string().meta({ title: "Orchestrator", description: "Who runs it." }),
  workloadID: z.string().meta({ title: "Workload name", description: "What the orchestrator calls it." }),
};
const workloadEndpoint = z
  .strictObject({
    ...workloadFields,
    endpointID: z.string().meta({ title: "Endpoint", description: "Which of its endpoints." }),
  })
  .meta({ title: "Workload endpoint", description: "One endpoint of a workload." })
  .optional();

/** Source: projectcalico/calico `libcalico-go/lib/apis/internalapi/livemigration.go`. */
export const LiveMigration = defineResource({
  kind: "LiveMigration",
  scope: "Namespaced",
  internal: true,
  description: "A workload that moves from one node to another while it runs. Written by orchestrators' plugins.",
  laws: ["Source and target are each said in exactly one way."],
  spec: z.strictObject({
    source: z
      .strictObject({
        workload: z
          .strictObject(workloadFields)
          .meta({ title: "Workload", description: "All endpoints of a workload." })
          .optional(),
        workloadEndpoint,
      })
      .meta({ title: "From", description: "Where it runs." }),
    target: z
      .strictObject({
        selector: selector.meta({ title: "Selector", description: "Labels of the endpoint." }).optional(),
        workloadEndpoint,
      })
      .meta({ title: "To", description: "Where it will run." }),
  }),
  rules: ({ source, target }, report) => {
    exactlyOne(source, "spec.source", report);
    exactlyOne(target, "spec.target", report);
  },
});
export type LiveMigration = ObjectOf<typeof LiveMigration>;

function exactlyOne(part: object, field: string, report: Report): void {
  if (Object.values(part).filter((way) => way !== undefined).length !== 1)
    report(field, "FieldValueInvalid", "must have exactly one of its fields");
}
