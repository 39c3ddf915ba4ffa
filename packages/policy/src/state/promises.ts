import type { ActiveEndpoint, ActivePolicy, NodeUpdate, RuleSide, SetId } from "../model.ts";
import { take } from "./state.ts";
import type { NodeState } from "./state.ts";

export class UpdateError extends Error {
  override readonly name = "UpdateError";
}

/** Takes a batch in, strictly: throws UpdateError where it breaks its promises, such as a reference to what is not there. */
export function applyUpdates(state: NodeState, updates: readonly NodeUpdate[]): void {
  for (const update of updates) {
    check(state, update);
    take(state, update);
  }
  for (const id of [...state.policies.values(), ...state.profiles.values()].flatMap(setsOf))
    if (!state.sets.has(id)) throw new UpdateError(`a rule names set ${id}, which is gone`);
  for (const endpoint of state.endpoints.values()) checkEndpoint(state, endpoint);
}

function check(state: NodeState, update: NodeUpdate): void {
  switch (update.t) {
    case "setDelta":
      return checkDelta(state, update);
    case "policy":
    case "profile":
      for (const id of setsOf(update.t === "policy" ? update.policy : update.profile))
        if (!state.sets.has(id)) throw new UpdateError(`${id} is used before it is sent`);
      return;
    case "endpoint":
      return checkEndpoint(state, update.endpoint);
    case "endpointRemoved":
      return checkThere(state.endpoints, update.key);
    case "profileRemoved":
      return checkThere(state.profiles, update.name);
    case "policyRemoved":
      return checkThere(state.policies, update.key);
    case "setRemoved":
      return checkThere(state.sets, update.id);
    case "poolRemoved":
      return checkThere(state.pools, update.cidr);
    case "config":
    case "set":
    case "pool":
    case "hosts":
  }
}

function checkDelta(state: NodeState, { id, added, removed }: Extract<NodeUpdate, { t: "setDelta" }>): void {
  const members = state.sets.get(id)?.members;
  if (members === undefined) throw new UpdateError(`a change of set ${id}, which is not there`);
  for (const member of removed) if (!members.has(member)) throw new UpdateError(`${member} is not in ${id}`);
  const fresh = new Set(added);
  if (fresh.size < added.length) throw new UpdateError(`${id} is given a member twice`);
  for (const member of removed) fresh.delete(member);
  for (const member of fresh) if (members.has(member)) throw new UpdateError(`${member} is in ${id} already`);
}

function checkEndpoint({ policies, profiles }: NodeState, { key, stages, profiles: names }: ActiveEndpoint): void {
  const tiers = Object.values(stages).flat();
  for (const policy of tiers.flatMap(({ ingress, egress }) => [...ingress, ...egress]))
    if (!policies.has(policy)) throw new UpdateError(`${key} names policy ${policy}, which is not there`);
  for (const name of names)
    if (!profiles.has(name)) throw new UpdateError(`${key} names profile ${name}, which is not there`);
}

function checkThere(map: ReadonlyMap<string, unknown>, key: string): void {
  if (!map.has(key)) throw new UpdateError(`${key} is removed, but it is not there`);
}

function setsOf({ ingress, egress }: Pick<ActivePolicy, "ingress" | "egress">): readonly SetId[] {
  return [...ingress, ...egress].flatMap(({ source, destination }) => [...sideSets(source), ...sideSets(destination)]);
}

function sideSets({ sets = [], notSets = [], namedPorts = [], notNamedPorts = [] }: RuleSide): readonly SetId[] {
  return [...sets, ...notSets, ...namedPorts, ...notNamedPorts];
}
