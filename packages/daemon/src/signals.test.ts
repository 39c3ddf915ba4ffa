import { expect, test } from "vitest";
import { silentLogger } from "./log.ts";
import { onSignals } from "./signals.ts";

test("the first signal stops in order, the second at once", async () => {
  const codes: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<void>();
  const off = onSignals({
    log: silentLogger,
    stop: () => promise,
    exit: (code) => {
      codes.push(code);
      if (codes.length === 2) exited.resolve();
    },
    signals: ["SIGUSR2"],
  });
  process.emit("SIGUSR2", "SIGUSR2");
  process.emit("SIGUSR2", "SIGUSR2");
  resolve();
  await exited.promise;
  off();
  expect(codes).toEqual([140, 0]);
});
