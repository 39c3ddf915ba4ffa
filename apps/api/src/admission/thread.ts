/** The thread behind `large-work.ts`: a task comes in, its result goes out, or the Status of what refuses it. */
import { parentPort } from "node:worker_threads";
import { invalid, StatusError, tooLarge } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { fieldsOf } from "../json-length.ts";
import type { Answer, Asked, Result, Task } from "./large-work.ts";
import { parseJson, textOf } from "../rest/body.ts";
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

function answerTo({ id, ...task }: Asked): Answer {
  try {
    return { id, result: resultOf(task) };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { id, status: error.toStatus() };
  }
}

function resultOf(task: Task): Result {
  switch (task.task) {
    case "split":
      return splitSet(task.body);
    case "weigh":
      refuseFields(parseJson(textOf(task.bytes)), MAX_CALL_FIELDS);
      return undefined;
    case "prepare": {
      const old = task.old === undefined ? {} : { old: JSON.parse(task.old) as KubeObject }; // written by the asking thread
      const { change, ...prepared } = prepare({ ...task.question, ...old });
      if ("object" in change) refuseFields(change.object, MAX_FIELDS, change.object);
      const json = JSON.stringify(change);
      if (Buffer.byteLength(json) > MAX_OBJECT_BYTES) throw tooLarge(MAX_OBJECT_BYTES);
      return { ...prepared, change: json };
    }
  }
}

function refuseFields(value: unknown, most: number, { kind, metadata }: Partial<KubeObject> = {}): void {
  const fields = fieldsOf(value);
  if (fields <= most) return;
  const message = `may have ${most} fields at all depths together, got ${fields}`;
  throw invalid(kind ?? "body", metadata?.name ?? "", [{ field: "", reason: "FieldValueTooMany", message }]);
}
