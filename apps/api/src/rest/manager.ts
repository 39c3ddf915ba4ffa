import type { IncomingMessage } from "node:http";
import { invalid } from "@percale/resources";

/** As long as Kubernetes lets a manager's name be. */
const MAX_LENGTH = 128;

/** Who owns the fields that a request sets: as it says, else the client's name, which its user agent begins with. Throws 422. */
export function managerOf(request: IncomingMessage, query?: URLSearchParams): string {
  const said = query?.get("fieldManager") ?? "";
  if (said === "") return (request.headers["user-agent"] ?? "").split("/", 1)[0]!.slice(0, MAX_LENGTH) || "unknown";
  if (said.length > MAX_LENGTH) throw refused("FieldValueTooLong", `must have at most ${MAX_LENGTH} characters`);
  // oxlint-disable-next-line no-control-regex -- exactly what cannot be printed
  if (/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(said))
    throw refused("FieldValueInvalid", "must hold printable characters only");
  return said;
}

/** Of an apply, which must say who it is by. */
export function applierOf(request: IncomingMessage, query: URLSearchParams): string {
  if ((query.get("fieldManager") ?? "") === "") throw refused("FieldValueRequired", "is required for apply patch");
  return managerOf(request, query);
}

function refused(reason: "FieldValueRequired" | "FieldValueTooLong" | "FieldValueInvalid", message: string): Error {
  return invalid("PatchOptions", "", [{ field: "fieldManager", reason, message }]);
}
