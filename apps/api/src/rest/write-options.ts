import { badRequest, invalid } from "@percale/resources";
import type { FieldValidation } from "@percale/resources";
import type { Identity } from "../auth/identity.ts";
import { noteRehearsal } from "../refusals.ts";
import type { ObjectRequest } from "./request.ts";

export interface WriteOptions {
  readonly identity: Identity;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

export function writeOptions(
  { request, query, identity }: ObjectRequest,
  inBody: readonly string[] = [],
): WriteOptions {
  const dryRun = [...query.getAll("dryRun"), ...inBody].filter((one) => one !== "");
  const wrong = dryRun.find((one) => one !== "All");
  if (wrong !== undefined)
    throw invalid("Options", "", [
      {
        field: "dryRun",
        reason: "FieldValueNotSupported",
        message: `Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`,
      },
    ]);
  if (dryRun.length > 0) noteRehearsal(request);
  const fieldValidation = query.get("fieldValidation") || "Warn";
  if (fieldValidation !== "Strict" && fieldValidation !== "Warn" && fieldValidation !== "Ignore")
    throw badRequest(`fieldValidation: must be Strict, Warn or Ignore, got ${JSON.stringify(fieldValidation)}`);
  return { identity, dryRun: dryRun.length > 0, fieldValidation };
}
