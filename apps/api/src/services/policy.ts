import { inTurns } from "@percale/daemon";
import { encodeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { rehearse } from "../admission/admit.ts";
import { narrowed } from "../auth/sight.ts";
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
    objects: (question, identity) => judge.ask("objects", () => ({ ...question, rights: narrowed(identity) })),
    search: (question, identity) => judge.ask("search", () => ({ ...question, rights: narrowed(identity) })),
  };
}

export function boardServices(judge: Judge): Services["board"] {
  return {
    tiers: (question, identity) => judge.ask("board", () => ({ ...question, rights: narrowed(identity) })),
    rows: (question, identity) => judge.ask("policies", () => ({ ...question, rights: narrowed(identity) })),
    order: (question, identity) => judge.ask("tierOrder", () => ({ ...question, rights: narrowed(identity) })),
  };
}
