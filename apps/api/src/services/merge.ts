import { Wake } from "@percale/daemon";

/**
 * What both say, as it comes, until the first of them ends or fails, or nobody wants more: then both are let go. Each is asked for more
 * only when its last word was taken.
 */
export async function* merge<A, B>(a: AsyncIterable<A>, b: AsyncIterable<B>): AsyncGenerator<A | B> {
  const wake = new Wake();
  const sources = [new Source<A | B>(a, wake), new Source<A | B>(b, wake)];
  try {
    for (;;) {
      await wake.wait();
      for (const source of sources) {
        const step = source.take();
        if (step === undefined) continue;
        const { done, value } = await step;
        if (done === true) return;
        yield value;
        source.ask();
      }
    }
  } finally {
    for (const source of sources) source.letGo();
  }
}

/** One listener for each question, however often others wake us meanwhile: a race with a long silence would gather them. */
class Source<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #wake: Wake;
  #answer: Promise<IteratorResult<T>> | undefined;

  constructor(source: AsyncIterable<T>, wake: Wake) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#wake = wake;
    this.ask();
  }

  ask(): void {
    const next = this.#iterator.next();
    const settled = (): void => {
      this.#answer = next;
      this.#wake.notify();
    };
    next.then(settled, settled);
  }

  take(): Promise<IteratorResult<T>> | undefined {
    const answer = this.#answer;
    this.#answer = undefined;
    return answer;
  }

  /** Not waited for: one that is silent ends with its next word. */
  letGo(): void {
    this.#iterator.return?.().then(undefined, () => undefined);
  }
}
