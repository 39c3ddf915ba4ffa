/** The thread behind `yaml-reader.ts`: a text comes in, the JSON of its one document goes out, or the Status of what refuses it. */
import { parentPort } from "node:worker_threads";
import { StatusError } from "@percale/resources";
import { storable } from "./body.ts";
import { parseYaml } from "./yaml.ts";
import type { YamlAnswer, YamlQuestion } from "./yaml-reader.ts";

parentPort?.on("message", (question: YamlQuestion) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
  parentPort?.postMessage(answerTo(question));
});

function answerTo({ id, text }: YamlQuestion): YamlAnswer {
  try {
    return { id, json: JSON.stringify(storable(parseYaml(text))) };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { id, status: error.toStatus() };
  }
}
