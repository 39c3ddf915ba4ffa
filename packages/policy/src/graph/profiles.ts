import { DEFAULT_ALLOW_PROFILE, Profile } from "@percale/resources";
import type { ActiveProfile, NodeUpdate } from "../model.ts";
import type { AddressSets } from "./sets.ts";
import type { Problems } from "./problems.ts";
import type { Sha224 } from "../compile/rule.ts";
import { allowingProfile, compileRules, denyingProfile } from "./rules.ts";
import type { RuleLists } from "./rules.ts";

interface Sent {
  readonly sets: readonly string[];
  readonly spec: RuleLists | undefined;
}

/** Profiles that local endpoints name. One that is missing or invalid denies both ways. */
export class ActiveProfiles {
  readonly #specs = new Map<string, RuleLists>();
  readonly #users = new Map<string, number>();
  readonly #sent = new Map<string, Sent>();
  readonly #dirty = new Set<string>();
  readonly #sets: AddressSets;
  readonly #problems: Problems;
  readonly #sha224: Sha224;

  constructor(options: { readonly sets: AddressSets; readonly problems: Problems; readonly sha224: Sha224 }) {
    this.#sets = options.sets;
    this.#problems = options.problems;
    this.#sha224 = options.sha224;
  }

  get isEmpty(): boolean {
    return this.#specs.size === 0 && this.#users.size === 0 && this.#sent.size === 0;
  }

  put(name: string, spec: RuleLists): void {
    this.#specs.set(name, spec);
    this.#dirty.add(name);
  }

  remove(name: string): void {
    if (this.#specs.delete(name)) this.#dirty.add(name);
  }

  use(names: readonly string[]): void {
    for (const name of names) {
      const count = this.#users.get(name) ?? 0;
      this.#users.set(name, count + 1);
      if (count === 0) this.#dirty.add(name);
    }
  }

  release(names: readonly string[]): void {
    for (const name of names) {
      const count = this.#users.get(name)!;
      if (count > 1) this.#users.set(name, count - 1);
      else {
        this.#users.delete(name);
        this.#dirty.add(name);
      }
    }
  }

  flush(): { readonly first: readonly NodeUpdate[]; readonly last: readonly NodeUpdate[] } {
    const first: NodeUpdate[] = [];
    const last: NodeUpdate[] = [];
    for (const name of this.#dirty) {
      const old = this.#sent.get(name);
      const problem = { kind: Profile.kind, name };
      if (!this.#users.has(name)) {
        this.#problems.clear(problem, "rules");
        if (old === undefined) continue;
        this.#sent.delete(name);
        for (const id of old.sets) this.#sets.release(id);
        last.push({ t: "profileRemoved", name });
        continue;
      }
      const spec = this.#specs.get(name);
      if (old !== undefined && old.spec === spec) continue;
      const { profile, sets, fault } = this.#compile(name, spec);
      if (fault === undefined) this.#problems.clear(problem, "rules");
      else this.#problems.report(problem, "rules", fault);
      for (const set of sets) this.#sets.use(set);
      for (const id of old?.sets ?? []) this.#sets.release(id);
      this.#sent.set(name, { sets: sets.map(({ id }) => id), spec });
      first.push({ t: "profile", profile });
    }
    this.#dirty.clear();
    return { first, last };
  }

  #compile(name: string, spec: RuleLists | undefined) {
    if (spec === undefined)
      return name === DEFAULT_ALLOW_PROFILE
        ? { profile: allowingProfile(name), sets: [], fault: undefined }
        : {
            profile: denyingProfile(name),
            sets: [],
            fault:
              "an endpoint here names this profile, but it is missing or invalid: its packets are denied both ways",
          };
    const rules = compileRules(spec, undefined, this.#sha224);
    if ("fault" in rules)
      return { profile: denyingProfile(name), sets: [], fault: `${rules.fault}; denies both ways instead` };
    const profile: ActiveProfile = { name, ingress: rules.ingress, egress: rules.egress };
    return { profile, sets: rules.sets, fault: undefined };
  }
}
