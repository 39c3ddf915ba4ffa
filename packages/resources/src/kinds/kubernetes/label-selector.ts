import * as z from "zod";
import type { Immutable } from "../../define.ts";
import { show } from "../../issue.ts";
import type { Report } from "../../issue.ts";
import { labelValueFault, qualifiedNameFault } from "../../metadata.ts";
import { listOf } from "../../scalars/schemas.ts";

/** Kubernetes' own way to select by labels; {} selects everything. Source: kubernetes/apimachinery `pkg/apis/meta/v1/types.go`. */
export const labelSelector = z.strictObject({
  matchLabels: z
    .record(z.string(), z.string())
    .meta({ title: "Match labels", description: "Labels that must all be there, with these values." })
    .optional(),
  matchExpressions: listOf(
    z.strictObject({
      key: z.string().meta({ title: "Key", description: "The label that is asked about." }),
      operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]).meta({
        title: "Operator",
        description: "In and NotIn compare with values; NotIn and DoesNotExist hold where the label is missing.",
      }),
      values: listOf(z.string())
        .meta({ title: "Values", description: "With In and NotIn at least one, with the others none." })
        .optional(),
    }),
  )
    .meta({ title: "Match expressions", description: "Requirements that must all hold." })
    .optional(),
});

export type LabelSelector = Immutable<z.output<typeof labelSelector>>;

export function checkLabelSelector(selector: LabelSelector | undefined, field: string, report: Report): void {
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    checkKey(key, `${field}.matchLabels`, report);
    checkValue(value, `${field}.matchLabels[${key}]`, report);
  }
  for (const [i, { key, operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${i}]`;
    checkKey(key, `${at}.key`, report);
    const takesValues = operator === "In" || operator === "NotIn";
    if (takesValues && values.length === 0)
      report(`${at}.values`, "FieldValueRequired", `must be specified with operator ${operator}`);
    if (!takesValues && values.length > 0)
      report(`${at}.values`, "FieldValueForbidden", `may not be specified with operator ${operator}`);
    for (const [j, value] of values.entries()) checkValue(value, `${at}.values[${j}]`, report);
  }
}

function checkKey(key: string, field: string, report: Report): void {
  const fault = qualifiedNameFault(key);
  if (fault !== undefined) report(field, "FieldValueInvalid", fault);
}

function checkValue(value: string, field: string, report: Report): void {
  const fault = labelValueFault(value);
  if (fault !== undefined) report(field, "FieldValueInvalid", `${fault}, got ${show(value)}`);
}
