import { cniErrorsPage, errorsPage, exitCodesPage } from "./codes.ts";
import { conditionsPage } from "./conditions.ts";
import { kindPages } from "./kinds.ts";
import { metricsPage } from "./metrics.ts";
import { configurationPage } from "./settings.ts";

/** `docs/reference`, by file name: each page a function of the register that it shows. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ["cni-errors.md", cniErrorsPage()],
    ["conditions.md", conditionsPage()],
    ["configuration.md", configurationPage()],
    ["errors.md", errorsPage()],
    ["exit-codes.md", exitCodesPage()],
    ["metrics.md", metricsPage()],
    ...kindPages(),
  ]);
}
