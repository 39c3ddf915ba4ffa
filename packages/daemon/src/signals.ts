import { constants } from "node:os";
import { daemonExit } from "@percale/protocol";
import type { Logger } from "./log.ts";

export interface SignalOptions {
  readonly log: Logger;
  /** Closes everything; the process exits 0 after it, or 1 if it throws. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void> | void;
  readonly signals?: readonly NodeJS.Signals[];
  readonly exit?: (code: number) => void;
}

/** Stops in good order on the first signal and at once on the second. The result removes the handlers. */
export function onSignals({
  log,
  stop,
  signals = ["SIGTERM", "SIGINT"],
  exit = (code) => process.exit(code),
}: SignalOptions): () => void {
  let stopping = false;
  const handle = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return exit(128 + constants.signals[signal]);
    stopping = true;
    log.info("stopping", { signal });
    try {
      await stop(signal);
      exit(daemonExit.stopped.code);
    } catch (error) {
      log.error("stop failed", { error });
      exit(daemonExit.failed.code);
    }
  };
  const listener = (signal: NodeJS.Signals): void => void handle(signal);
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
