/** The ways in which objects can be shown, by what `-o` says. */
import type { KubeObject } from "@percale/resources";
import { exitCodes } from "@percale/protocol";
import { ExitError } from "../exit-error.ts";
import { readFile } from "../access/settings.ts";

export type Output =
  | { readonly as: "ps" | "wide" | "yaml" | "json" | "name" }
  | { readonly as: "custom-columns"; readonly columns: readonly string[] }
  | { readonly as: "go-template" | "jsonpath"; readonly template: string };

/** One answer: an object, or a list of them. */
export type Result = KubeObject | { readonly items: readonly KubeObject[] };

const PLAIN = { ps: "ps", wide: "wide", yaml: "yaml", yml: "yaml", json: "json", name: "name" } as const;
const KNOWN =
  "ps, wide, yaml, json, name, custom-columns=…, go-template=…, go-template-file=…, jsonpath=… or jsonpath-file=…";

/** Throws ExitError for a format that there is not. */
export function parseOutput(text: string): Output {
  const [word, ...rest] = text.split("=");
  const argument = rest.join("=");
  const as = word!.toLowerCase();
  if (rest.length === 0 && Object.hasOwn(PLAIN, as)) return { as: PLAIN[as as keyof typeof PLAIN] };
  switch (as) {
    case "custom-columns":
      return { as, columns: needed(as, argument).split(",") };
    case "go-template":
    case "jsonpath":
      return { as, template: needed(as, argument) };
    case "go-template-file":
      return { as: "go-template", template: readFile(needed(as, argument)) };
    case "jsonpath-file":
      return { as: "jsonpath", template: readFile(needed(as, argument)) };
    default:
      throw new ExitError(`unrecognized output format '${text}': must be ${KNOWN}`, {
        code: exitCodes.percale.usage.code,
      });
  }
}

function needed(as: string, argument: string): string {
  if (argument !== "") return argument;
  throw new ExitError(`-o ${as}=… needs something behind the =`, { code: exitCodes.percale.usage.code });
}

/** All objects of the answers. */
export function objectsOf(results: readonly Result[]): readonly KubeObject[] {
  return results.flatMap((one) => ("items" in one ? one.items : [one]));
}

/** Without what only this cluster knows, so that it can be written into another one. */
export function exported(object: KubeObject): KubeObject {
  const {
    namespace: _,
    uid: __,
    resourceVersion: ___,
    creationTimestamp: ____,
    deletionTimestamp: _____,
    generation: ______,
    managedFields: _______,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}

/** Without who owns which field, which is longer than what a person asked for; kubectl leaves it out too. */
export function withoutManagers<T extends Result>(result: T): T {
  if ("items" in result) return { ...result, items: result.items.map(withoutManagers) };
  const { managedFields: _, ...metadata } = result.metadata;
  return { ...result, metadata };
}

/** As scripts read it: one answer as it is, several as an array. */
export function wholeOf(results: readonly Result[]): unknown {
  return results.length === 1 ? results[0] : results;
}
