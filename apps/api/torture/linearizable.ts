import { after } from "./register.ts";
import type { Operation, Register } from "./register.ts";

export type Verdict =
  | { readonly isLinearizable: true }
  /** `explained`: how many operations an order explains at most; `stuck`: those of which none can come next. */
  | { readonly isLinearizable: false; readonly explained: number; readonly stuck: readonly Operation[] };

interface Next {
  readonly index: number;
  readonly state: Register;
}

/**
 * Is there an order of these operations on one object in which each took effect at one moment between its call and its answer?
 * The search of Wing and Gong, with Lowe's memory of what was tried already ("Testing for linearizability", 2016).
 */
export function linearize(operations: readonly Operation[], initial?: Register): Verdict {
  const sorted = [...operations].sort((a, b) => a.from - b.from);
  const order = new Order(sorted.length);
  const tried = new Set<string>();
  const path: { readonly index: number; readonly before: Register; readonly others: Next[] }[] = [];
  let best = { explained: -1, stuck: sorted };
  let state = initial;
  let nexts = possible();
  while (order.low < sorted.length) {
    const next = nexts.pop();
    if (next === undefined) {
      const last = path.pop();
      if (last === undefined) return { isLinearizable: false, ...best };
      order.undo(last.index);
      state = last.before;
      nexts = last.others;
      continue;
    }
    order.do(next.index);
    const key = `${order.key()} ${next.state?.version} ${next.state?.value}`;
    if (tried.has(key)) order.undo(next.index);
    else {
      tried.add(key);
      path.push({ index: next.index, before: state, others: nexts });
      state = next.state;
      nexts = possible();
    }
  }
  return { isLinearizable: true };

  /** What may come next: all that was called before the first of them was answered. The likeliest, called first, is the last. */
  function possible(): Next[] {
    const open: Operation[] = [];
    const found: Next[] = [];
    let answered = Number.POSITIVE_INFINITY;
    for (let index = order.low; index < sorted.length; index++) {
      const one = sorted[index]!;
      if (one.from > answered) break;
      if (order.has(index)) continue;
      answered = Math.min(answered, one.to);
      open.push(one);
      for (const to of after(state, one)) found.push({ index, state: to });
    }
    if (found.length === 0 && path.length > best.explained) best = { explained: path.length, stuck: open };
    return found.reverse();
  }
}

/** Which operations have happened: all below `low`, and some above. */
class Order {
  readonly #done: Uint8Array;
  low = 0;
  #high = -1;

  constructor(size: number) {
    this.#done = new Uint8Array(size);
  }

  has(index: number): boolean {
    return this.#done[index] === 1;
  }

  do(index: number): void {
    this.#done[index] = 1;
    this.#high = Math.max(this.#high, index);
    while (this.has(this.low)) this.low++;
  }

  undo(index: number): void {
    this.#done[index] = 0;
    this.low = Math.min(this.low, index);
    while (this.#high >= 0 && !this.has(this.#high)) this.#high--;
  }

  /** The same for the same set. */
  key(): string {
    let key = String(this.low);
    for (let index = this.low + 1; index <= this.#high; index++) if (this.has(index)) key += `,${index}`;
    return key;
  }
}
