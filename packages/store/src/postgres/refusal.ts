import pg from "pg";
import { internalError, serviceUnavailable, StatusError } from "@percale/resources";

/**
 * What a failure of the database means for whoever asked:
 * `data` what was sent can't be kept, now or later; `conflict` somebody else was in the way; `resources` it is out of something;
 * `connection` it may or may not have happened; `fault` we asked for something wrong.
 */
export type FailureClass = "data" | "conflict" | "resources" | "connection" | "fault";

/** By SQLSTATE, the longest prefix first. Source: PostgreSQL documentation, appendix A. */
const CLASS_BY_SQLSTATE: readonly (readonly [prefix: string, FailureClass])[] = [
  ["25P03", "connection"], // it closed the connection that sat in a transaction
  ["25P04", "connection"],
  ["57P0", "connection"], // shut down by an operator, a crash or while it starts
  ["55P03", "conflict"], // lock not available
  ["08", "connection"],
  ["22", "data"], // a value that its type can't hold
  ["23", "data"], // a constraint
  ["54", "data"], // larger than a row, an index entry or a statement may be
  ["40", "conflict"], // serialisation, deadlock
  ["53", "resources"], // disk, memory, connections
  ["57", "resources"], // cancelled: it took too long
  ["58", "resources"], // its own files
];

/** Of any error a query ends with. What has no SQLSTATE never reached the database, or its answer never came. */
export function failureClassOf(error: unknown): FailureClass {
  // Before anything is sent: nested deeper or longer than JSON.stringify can write.
  if (error instanceof RangeError || error instanceof TypeError) return "data";
  const code = sqlStateOf(error);
  if (code === undefined) return "connection";
  return CLASS_BY_SQLSTATE.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "fault";
}

/** The answer to whoever asked; our own StatusErrors pass. */
export function refusalOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  const why = whyOf(error);
  switch (failureClassOf(error)) {
    case "data":
      return new StatusError("Invalid", `the database can't keep this: ${why}`, { cause: error });
    case "conflict":
      return serviceUnavailable(`the database was busy with another write: ${why}`, 1, error);
    case "resources":
      return serviceUnavailable(`the database is out of resources: ${why}`, 5, error);
    case "connection":
      return serviceUnavailable(`the database can't be reached: ${why}`, 1, error);
    case "fault":
      return internalError(`the database refuses to work: ${why}`, error);
  }
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error) || error.message === "") return codeOf(error);
  if (/time(d )?out/i.test(error.message) && sqlStateOf(error) === undefined) return "it did not answer in time"; // pg's, three wordings
  return error.message.trimEnd().split("\n").at(-1)!; // Prisma puts the call it was in before the reason
}

function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : prismaSqlStateOf(error);
}

/** Prisma keeps the driver's error in its own. */
function prismaSqlStateOf(error: unknown): string | undefined {
  const { meta } = (error ?? {}) as { readonly meta?: { readonly driverAdapterError?: { readonly cause?: unknown } } };
  const { originalCode } = (meta?.driverAdapterError?.cause ?? {}) as { readonly originalCode?: unknown };
  return typeof originalCode === "string" ? originalCode : undefined;
}

function codeOf(error: unknown): string {
  // Node's AggregateError of several refused addresses has a code and an empty message.
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : String(error);
}
