import { NO_LINKS } from "./known.ts";
import type { DispatchedLinks, WorkloadLinks } from "./known.ts";

/**
 * Which links are workloads', by index. A link that bears an endpoint's interface name is that endpoint's from then on, whatever
 * it is called later, until the endpoint or the link goes. One that ever bore a workload's name stays a workload's, so that
 * nothing gets past policy by a rename.
 */
export class Claims {
  /** Link → interface name of the endpoint that has it. */
  readonly #claimed = new Map<number, string>();
  /** Every name that a link has borne, newest first. */
  readonly #names = new Map<number, readonly string[]>();
  /** Links that an earlier run knew as workloads', and whose they were. */
  readonly #adopted = new Map<number, string | undefined>();

  /** To be told of every link and of each of its names. */
  hear({ index, name }: { readonly index: number; readonly name: string }): void {
    const names = this.#names.get(index) ?? [];
    if (names[0] !== name) this.#names.set(index, [name, ...names.filter((other) => other !== name)]);
  }

  forget(index: number): void {
    this.#claimed.delete(index);
    this.#names.delete(index);
    this.#adopted.delete(index);
  }

  /** Takes over what an earlier run left in the kernel, of the links that are still there. */
  adopt({ dispatch, workloads }: DispatchedLinks): void {
    for (const index of workloads) if (this.#names.has(index)) this.#adopted.set(index, dispatch.get(index));
  }

  /** Brings the claims up to date with the interface names that endpoints have now. */
  settle(wanted: ReadonlySet<string>, prefixes: readonly string[]): WorkloadLinks {
    const isWorkload = (name: string) => prefixes.some((prefix) => name.startsWith(prefix));
    const workloads = new Set(this.#adopted.keys());
    for (const [index, name] of this.#claimed) if (!wanted.has(name) || !isWorkload(name)) this.#claimed.delete(index);
    for (const [index, names] of this.#names) {
      if (names.some(isWorkload)) workloads.add(index);
      const name = [this.#adopted.get(index), ...names].find(
        (name) => name !== undefined && isWorkload(name) && wanted.has(name),
      );
      if (name !== undefined && !this.#claimed.has(index)) this.#claimed.set(index, name);
    }
    const byInterface = new Map<string, number[]>();
    for (const [index, name] of this.#claimed) byInterface.set(name, [...(byInterface.get(name) ?? []), index]);
    this.#settled = { workloads, byInterface };
    return this.#settled;
  }
  #settled: WorkloadLinks = NO_LINKS;

  /** As last settled. */
  get links(): WorkloadLinks {
    return this.#settled;
  }

  /** Interface name of the endpoint that has the link. */
  ownerOf(index: number): string | undefined {
    return this.#claimed.get(index);
  }
}
