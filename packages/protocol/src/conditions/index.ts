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
  { area: "API server", kinds: Object.values(api) },
  { area: "Agent", kinds: Object.values(agent) },
  { area: "Dataplane", kinds: Object.values(dataplane) },
  { area: "BGP", kinds: Object.values(bgp) },
  { area: "Attachment", kinds: Object.values(attachment) },
  { area: "Objects", kinds: Object.values(objects) },
];

export type { ConditionEntry, ConditionKind, RaisedCondition, Severity } from "./define.ts";
