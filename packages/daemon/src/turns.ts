const SLICE_MS = 10;

/** Says whether others are waiting: await it, if it is anything. */
export type Turn = () => Promise<void> | undefined;

/**
 * Long work in slices: call it between two steps, and await what it returns, if anything. After ten milliseconds that is a turn of the
 * event loop for everybody else.
 */
export function turns(now: () => number = () => performance.now()): Turn {
  let until = now() + SLICE_MS;
  return () => {
    if (now() < until) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        until = now() + SLICE_MS;
        resolve();
      }),
    );
  };
}

/** Something short for each of many, in turns. */
export async function inTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  const turn = turns();
  for (const item of items) {
    work(item);
    const others = turn();
    if (others !== undefined) await others;
  }
}

/** Runs steps to their end, in turns. Short ones are over when it returns: nothing is awaited before somebody's turn has come. */
export async function stepsInTurns<T>(steps: Iterator<unknown, T>, turn = turns()): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    const others = turn();
    if (others !== undefined) await others;
  }
}
