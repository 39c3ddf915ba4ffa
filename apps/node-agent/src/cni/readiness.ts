/** Whether workloads can be attached, and waiting for it. */
export class Readiness {
  readonly #problem: () => string | undefined;
  #waiters: (() => void)[] = [];

  constructor(problem: () => string | undefined) {
    this.#problem = problem;
  }

  /** Why nothing can be attached now, or undefined. */
  problem(): string | undefined {
    return this.#problem();
  }

  /** The problem may be over. */
  look(): void {
    if (this.#waiters.length === 0 || this.#problem() !== undefined) return;
    for (const wake of this.#waiters.splice(0)) wake();
  }

  /** Resolves when there is no problem, or after `ms`. */
  async within(ms: number): Promise<void> {
    if (this.#problem() === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push(resolve);
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    this.#waiters = this.#waiters.filter((waiter) => waiter !== resolve);
  }
}
