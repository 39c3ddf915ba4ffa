/** The thread behind `large-work.ts`: a task comes in, its result goes out, or the Status of what refuses it. */
import { parentPort } from "node:worker_threads";
import { fieldsOf, fromStored, invalid, StatusError, storedForm } from "@percale/resources";
import type { KubeObject, StoredObject } from "@percale/resources";
import { parseJson, textOf } from "../bodies/body.ts";
import { failureOf } from "../thread-failure.ts";
import type { Answer, Asked, LargeTask, LargeTasks } from "./large-task.ts";
import { prepare } from "./prepare.ts";
import { splitSet } from "./split.ts";

/** A set of 100,000 nets, more than etcd would take. Everything behind the checks handles one in a turn of the event loop. */
const MAX_OBJECT_BYTES = 2 * 1024 * 1024;
/** These cost more than their length says. A policy with all the rules it may have has fewer. */
const MAX_FIELDS = 25_000;
/** Many objects of few fields, as people send them: their fields have the same names, which costs less. */
const MAX_CALL_FIELDS = 50_000;

parentPort?.on("message", (asked: Asked) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
  parentPort?.postMessage(answerTo(asked));
});

/** Whatever goes wrong is of this task alone. */
function answerTo(asked: Asked): Answer {
  try {
    return { told: toldOf(asked) };
  } catch (error) {
    if (error instanceof StatusError) return { status: error.toStatus() };
    return { failure: failureOf(error) };
  }
}

function toldOf(asked: Asked): LargeTasks[LargeTask]["told"] {
  switch (asked.task) {
    case "split":
      return splitSet(asked.body);
    case "weigh":
      refuseFields(parseJson(textOf(asked.bytes)), MAX_CALL_FIELDS);
      return undefined;
    case "prepare":
      return prepared(asked);
  }
}

function prepared({ question, old = "" }: LargeTasks["prepare"]["asked"]): LargeTasks["prepare"]["told"] {
  const stored = old === "" ? undefined : fromStored(JSON.parse(old) as StoredObject); // written by the asking thread
  const { change, ...rest } = prepare({ ...question, ...(stored !== undefined && { old: stored }) });
  if (!("object" in change)) throw new Error("a deletion has nothing to prepare");
  const { object, ...around } = change;
  // What is stored already may shrink, whatever its size.
  refuseFields(object, Math.max(MAX_FIELDS, fieldsOf(stored)), object);
  const json = JSON.stringify(storedForm(object));
  refuseBytes(Buffer.byteLength(json), Math.max(MAX_OBJECT_BYTES, Buffer.byteLength(old)));
  return { ...rest, around, object: json };
}

function refuseBytes(bytes: number, most: number): void {
  if (bytes <= most) return;
  const message = `the object may have ${most} bytes as JSON, got ${bytes}: split it`;
  throw new StatusError("RequestEntityTooLarge", message);
}

function refuseFields(value: unknown, most: number, { kind, metadata }: Partial<KubeObject> = {}): void {
  const fields = fieldsOf(value);
  if (fields <= most) return;
  const message = `may have ${most} fields at all depths together, got ${fields}`;
  throw invalid(kind ?? "body", metadata?.name ?? "", [{ field: "", reason: "FieldValueTooMany", message }]);
}
