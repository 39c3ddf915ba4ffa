/** Which slices fill which sets of services: what the label index is for selectors and members. */
export class ServiceIndex {
  readonly #setsByService = new Map<string, Set<string>>();
  readonly #slicesByService = new Map<string, Set<string>>();
  readonly #serviceBySlice = new Map<string, string>();
  readonly #serviceBySet = new Map<string, string>();

  get isEmpty(): boolean {
    return this.#serviceBySlice.size + this.#serviceBySet.size === 0;
  }

  /** Slices that fill the new set. */
  putSet(set: string, service: string): Iterable<string> {
    this.#serviceBySet.set(set, service);
    into(this.#setsByService, service, set);
    return this.#slicesByService.get(service) ?? [];
  }

  removeSet(set: string): void {
    const service = this.#serviceBySet.get(set);
    if (service === undefined) return;
    this.#serviceBySet.delete(set);
    outOf(this.#setsByService, service, set);
  }

  putSlice(slice: string, service: string | undefined): void {
    this.removeSlice(slice);
    if (service === undefined) return;
    this.#serviceBySlice.set(slice, service);
    into(this.#slicesByService, service, slice);
  }

  removeSlice(slice: string): void {
    const service = this.#serviceBySlice.get(slice);
    if (service === undefined) return;
    this.#serviceBySlice.delete(slice);
    outOf(this.#slicesByService, service, slice);
  }

  setsOf(slice: string): Iterable<string> {
    const service = this.#serviceBySlice.get(slice);
    return (service === undefined ? undefined : this.#setsByService.get(service)) ?? [];
  }
}

function into(map: Map<string, Set<string>>, key: string, item: string): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, new Set([item]));
  else items.add(item);
}

function outOf(map: Map<string, Set<string>>, key: string, item: string): void {
  const items = map.get(key);
  items?.delete(item);
  if (items?.size === 0) map.delete(key);
}
