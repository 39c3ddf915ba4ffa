/** The browser's worker: a thread around the judge, one answer for each message. `desk.ts` is the page's side. */
import { Judge } from "./judge.ts";
import type { Told } from "./messages.ts";

const judge = new Judge();

globalThis.addEventListener("message", ({ data }: MessageEvent<Told>) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to the page that started it, not a window
  globalThis.postMessage(judge.hear(data));
});
