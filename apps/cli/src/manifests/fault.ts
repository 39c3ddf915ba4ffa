/** What is wrong with an object, in calicoctl's words; with the place in the file where there is one. */
import type { StatusCause } from "@percale/resources";
import type { Reply } from "../rest/client.ts";
import { messageOf } from "../rest/client.ts";
import type { Manifest } from "./documents.ts";
import { parseField } from "./field.ts";

/** The faults of one object that was refused. `id`: what people call it, such as `Tier(default)`. */
export function wordsOfRefusal(reply: Reply, id: string, verb: string, manifest?: Manifest): string {
  const { reason, details } = (reply.body ?? {}) as {
    readonly reason?: string;
    readonly details?: { readonly causes?: readonly StatusCause[] };
  };
  const message = messageOf(reply);
  const causes = details?.causes ?? [];
  if (causes.length > 0 && (reason === "Invalid" || reason === "BadRequest")) return wordsOfCauses(causes, manifest);
  switch (reason) {
    case "NotFound":
      return `resource does not exist: ${id} with error: ${message}`;
    case "AlreadyExists":
      return `resource already exists: ${id}`;
    case "Conflict":
      return `update conflict: ${id}: ${message}`;
    case "MethodNotAllowed":
      return `operation ${verb} is not supported on ${id}: ${message}`;
    case "Unauthorized":
    case "Forbidden":
      return `connection is unauthorized: ${message}`;
    case undefined:
    default:
      return `${id}: ${message}`;
  }
}

/** `error with field F = 'v' (reason)`, or a line of each where there are several. */
export function wordsOfCauses(causes: readonly StatusCause[], manifest?: Manifest): string {
  const told = causes.map((cause) => wordsOfCause(cause, manifest));
  const [only] = told;
  if (told.length === 1) return only!.isUnknown ? only!.text : `${only!.place}error with field ${only!.text}`;
  return `error with the following fields:\n${told.map(({ place, text, isUnknown }) => `-  ${isUnknown ? "" : place}${text}\n`).join("")}`;
}

const UNKNOWN = /^unknown field "(.*)"$/;

function wordsOfCause({ field = "", message }: StatusCause, manifest: Manifest | undefined) {
  const place = manifest === undefined ? "" : `${manifest.locate(field)}: `;
  const [, unknown] = UNKNOWN.exec(message) ?? [];
  if (unknown !== undefined)
    return {
      place,
      isUnknown: true,
      text: `${place}field in document is not recognized or is in the wrong location: ${unknown}`,
    };
  const value = manifest === undefined ? undefined : valueAt(manifest.object, field);
  const shown = value === undefined ? "" : ` = '${typeof value === "string" ? value : JSON.stringify(value)}'`;
  return {
    place,
    isUnknown: false,
    text: `${field === "" ? "" : `${field}${shown.length > 120 ? "" : shown} `}(${message})`,
  };
}

function valueAt(object: unknown, field: string): unknown {
  let value = object;
  for (const step of parseField(field)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}
