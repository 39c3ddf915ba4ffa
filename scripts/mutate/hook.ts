// Loaded first by every Node of a run with a mutant: puts it in place of its file for threads and programs that a test starts.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { applyMutant } from "./apply.ts";
import type { Candidate } from "./sample.ts";

const { file, mutant } = JSON.parse(process.env["PERCALE_MUTANT"]!) as Candidate; // written by run-tests.ts
const mutated = pathToFileURL(file).href;

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (url !== mutated || loaded.source === undefined) return loaded;
    const source = loaded.source;
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    return { ...loaded, source: applyMutant(text, mutant) };
  },
});
