import * as z from "zod";
import { KEEPS_ZERO } from "../../unset.ts";
import { isPortName } from "../../scalars/port.ts";

/** Kubernetes' `IntOrString` where it stands for a port: a number, or a name that workloads give to one. */
export const intOrName = z
  .union([z.int().min(1).max(65535), z.string()])
  .check(({ value, issues }) => {
    if (typeof value === "number" || isPortName(value)) return;
    issues.push({ code: "custom", input: value, message: "must be a number 1..65535 or a port name", continue: true });
  })
  .meta({ "x-kubernetes-int-or-string": true, ...KEEPS_ZERO });
