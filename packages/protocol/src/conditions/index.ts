import * as agent from "./agent.ts";
import * as api from "./api.ts";
import * as attachment from "./attachment.ts";
import * as bgp from "./bgp.ts";
import * as dataplane from "./dataplane.ts";
import * as objects from "./objects.ts";
import type { ConditionEntry } from "./define.ts";

/**
 * Every condition that anybody raises, by its code: `condition.BirdDown({ detail, logPath })`. A new one is a declaration in the
 * file of its area; pages, metrics, CLI and the reference follow.
 */
export const condition = { ...api, ...agent, ...dataplane, ...bgp, ...attachment, ...objects };

/** What the reference tells, by area. */
export const conditionAreas: readonly {
  readonly area: string;
  readonly kinds: readonly ConditionEntry[];
}[] = [
  { area: "API server", kinds: byCode(api) },
  { area: "Agent", kinds: byCode(agent) },
  { area: "Dataplane", kinds: byCode(dataplane) },
  { area: "BGP", kinds: byCode(bgp) },
  { area: "Attachment", kinds: byCode(attachment) },
  { area: "Objects", kinds: byCode(objects) },
];

function byCode(kinds: Readonly<Record<string, ConditionEntry>>): ConditionEntry[] {
  return Object.values(kinds).sort((a, b) => (a.code < b.code ? -1 : 1));
}

export type { ConditionEntry, ConditionKind, RaisedCondition, Severity } from "./define.ts";
