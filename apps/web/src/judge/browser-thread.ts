import type { Thread, ThreadListener } from "./desk.ts";
import type { Said } from "./messages.ts";

/** A Web Worker of this page's own origin. Bundlers find it by this very expression. */
export function startThread({ hears, fails }: ThreadListener): Thread {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module", name: "judge" });
  worker.addEventListener("message", ({ data }: MessageEvent<Said>) => hears(data)); // of our own thread
  worker.addEventListener("messageerror", () => fails("its answer cannot be read"));
  worker.addEventListener("error", (event) => {
    event.preventDefault(); // told here
    // A script that cannot be loaded, or that the policy of the page forbids, has no message.
    fails(event.message === undefined || event.message === "" ? "its script does not load" : event.message);
  });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
    tell: (told) => worker.postMessage(told),
    end: () => worker.terminate(),
  };
}
