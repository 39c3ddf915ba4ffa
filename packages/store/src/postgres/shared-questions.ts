/**
 * `ask`, for many callers: those that come while a question is under way share the next one, so that no answer is older than the call
 * that it answers.
 */
export function sharedQuestion<T>(ask: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined;
  let current: Promise<unknown> = Promise.resolve();
  return () =>
    (next ??= current
      .catch(() => undefined) // whoever asked that one hears of it
      .then(() => {
        next = undefined;
        const answer = ask();
        current = answer;
        return answer;
      }));
}

/** `ask`, one key at a time: what is asked for in one turn of the event loop is one question, of `max` keys at most. */
export function inBatches<V>(
  ask: (keys: string[]) => Promise<ReadonlyMap<string, V>>,
  max: number,
): (key: string) => Promise<V | undefined> {
  let waiting: { readonly keys: Set<string>; readonly answer: Promise<ReadonlyMap<string, V>> } | undefined;
  const next = () => {
    const keys = new Set<string>();
    const answer = Promise.resolve().then(() => {
      if (waiting?.keys === keys) waiting = undefined; // whoever comes now waits for the next
      return ask([...keys]);
    });
    return { keys, answer };
  };
  return async (key) => {
    if (waiting === undefined || waiting.keys.size >= max) waiting = next();
    waiting.keys.add(key);
    return (await waiting.answer).get(key);
  };
}
