const SLICE_MS = 10;

/**
 * Long work in slices: call it between two steps, and await what it returns, if anything. After ten milliseconds that is a turn of the
 * event loop for everybody else.
 */
export function turns(now: () => number = () => performance.now()): () => Promise<void> | undefined {
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
