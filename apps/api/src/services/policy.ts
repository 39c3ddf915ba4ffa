import { inTurns } from "@percale/daemon";
import { encodeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { rehearse } from "../admission/admit.ts";
import type { Judge } from "../policy/judge.ts";
import type { Change } from "../policy/world.ts";
import type { Services } from "./services.ts";

export function policyServices(store: Datastore, judge: Judge): Services["policy"] {
  return {
    explain: (question) => judge.ask("explain", () => question),
    effective: (ref) => judge.ask("effective", () => ref),
    coverage: (question) => judge.ask("coverage", () => question),
    protection: (question) => judge.ask("protection", () => question),
    shadows: (question) => judge.ask("shadows", () => question),
    setUse: (question) => judge.ask("setUse", () => question),
    profileUse: (question) => judge.ask("profileUse", () => question),
    matches: (question) => judge.ask("matches", () => question),
    matrix: (question) => judge.ask("matrix", () => question),
    impact: ({ changes }, identity) =>
      judge.ask(
        "impact",
        async () => {
          const draft = await rehearse(store, changes, { identity, fieldValidation: "Strict" });
          const stored: Change[] = [];
          await inTurns(changes.entries(), ([index, change]) => {
            stored.push(change.op === "delete" ? change.ref : encodeObject(draft.objects[index]!));
          });
          return stored;
        },
        identity.user,
      ),
  };
}

export function selectorServices(judge: Judge): Services["selectors"] {
  return {
    test: (question) => judge.ask("select", () => question),
    terms: (question) => judge.ask("terms", () => question),
  };
}

export function listServices(judge: Judge): Services["lists"] {
  return {
    endpoints: (question) => judge.ask("endpoints", () => question),
    endpoint: (question) => judge.ask("endpoint", () => question),
    objects: (question) => judge.ask("objects", () => question),
    search: (question) => judge.ask("search", () => question),
  };
}

export function boardServices(judge: Judge): Services["board"] {
  return {
    tiers: (question) => judge.ask("board", () => question),
    rows: (question) => judge.ask("policies", () => question),
    order: (question) => judge.ask("tierOrder", () => question),
  };
}
