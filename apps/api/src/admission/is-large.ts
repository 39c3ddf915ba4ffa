import { isLongerThan } from "@percale/resources";
import { isYaml } from "../bodies/body.ts";
import type { Body } from "../bodies/body.ts";
import type { Question } from "./prepare.ts";

/** What is no longer is done sooner than it is handed over: within ten milliseconds at worst. YAML takes four times as long. */
export const SHORT = { json: 16 * 1024, yaml: 4 * 1024 };

/** Whether reading and checking it may take more than its turn of the event loop. */
export function isLarge({ proposal, old }: Question): boolean {
  if (proposal.op === "delete") return false;
  if ((proposal.op === "patch" || proposal.op === "apply") && isLongerThan(old, SHORT.json)) return true;
  if ("draft" in proposal) return isLargeBody(proposal.draft);
  return "text" in proposal ? proposal.text.length > SHORT.json : isLongerThan(proposal.object, SHORT.json);
}

export function isLargeBody({ bytes, type }: Body): boolean {
  return bytes.length > (isYaml(type) ? SHORT.yaml : SHORT.json);
}
