import { Changes, turns } from "@percale/daemon";
import { openRtnetlink } from "@percale/kernel";
import type { Rtnetlink } from "@percale/kernel";
import { DEFAULT_CONFIG, emptyState, take } from "@percale/policy";
import type { NodeState, NodeUpdate } from "@percale/policy";
import type { RaisedCondition } from "@percale/protocol";
import { formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import { findDown, findFailure, findRenamed } from "./conditions.ts";
import { Connections } from "./connections.ts";
import { Endpoints } from "./endpoints.ts";
import type { ApplyReport, Dataplane, DataplaneOptions, DataplaneState, EndpointState } from "./face.ts";
import { NO_LINKS } from "./links/known.ts";
import type { WorkloadLinks } from "./links/known.ts";
import { Links } from "./links/links.ts";
import { PassLoop } from "./loop.ts";
import type { PassReport } from "./loop.ts";
import { NeighboursPart } from "./neighbours/part.ts";
import type { Part, Work } from "./part.ts";
import { DriverRefusedError } from "./policy/driver.ts";
import type { PolicyDriver } from "./policy/driver.ts";
import { DRIVERS } from "./policy/drivers.ts";
import { PolicyPart } from "./policy/part.ts";
import { RoutesPart } from "./routes/part.ts";
import { sysctlFiles } from "./sysctls/files.ts";
import { SysctlsPart } from "./sysctls/part.ts";

/** Foreign changes often come in bursts; one look repairs them all, well within a second. */
const DRIFT_SETTLE_MS = 50;

export function createDataplane(options: DataplaneOptions): Dataplane {
  return new KernelDataplane(options);
}

/**
 *   apply ─► loop ─► pass:  updates ─► state ─► note, part by part
 *                           links and endpoints: what is there to look at
 *                           pass, part by part
 *   kernel ─► links, driver: somebody changed something ─► loop
 */
class KernelDataplane implements Dataplane {
  readonly #options: DataplaneOptions;
  readonly #state: NodeState;
  readonly #rtnetlink: Rtnetlink;
  readonly #connections: Connections;
  readonly #links: Links;
  readonly #endpoints = new Endpoints();
  readonly #driver: PolicyDriver;
  readonly #policy: PolicyPart;
  readonly #routes: RoutesPart;
  /** In the order of a pass. */
  readonly #parts: readonly Part[];
  readonly #readers: readonly Pick<Part, "note">[];
  readonly #loop: PassLoop;
  readonly #changes = new Changes();
  #settled: WorkloadLinks = NO_LINKS;
  #inSync = false;
  #failure: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: DataplaneOptions) {
    this.#options = options;
    const { netns, log, now, driver = "nftables", ownTables: own } = options;
    const state = emptyState({ ...DEFAULT_CONFIG, ...options.config });
    this.#state = state;
    const rtnetlink = openRtnetlink(netns === undefined ? {} : { netns });
    this.#rtnetlink = rtnetlink;
    const connections = new Connections({ netns });
    this.#connections = connections;
    const request = (afterMs?: number): void => this.#loop.request(afterMs);
    const links = new Links({
      rtnetlink,
      log,
      onTouched: (names) => this.#touch(names),
      onNodeSettings: () => {
        sysctls.resync();
        request();
      },
    });
    this.#links = links;
    this.#driver = DRIVERS[driver]({ state, netns, own, onForeign: (why) => this.#suspectDrift(why) });
    const ownAddresses = async (): Promise<ReadonlySet<string>> =>
      new Set((await rtnetlink.addresses()).map(({ address }) => address.slice(0, address.indexOf("/"))));
    this.#policy = new PolicyPart({ driver: this.#driver, connections, ownAddresses, log, now });
    const sysctls = new SysctlsPart({ files: sysctlFiles(netns) });
    this.#routes = new RoutesPart({ rtnetlink, links, connections, now, request });
    this.#parts = [this.#policy, sysctls, this.#routes, new NeighboursPart({ rtnetlink })];
    this.#readers = [this.#endpoints, ...this.#parts];
    this.#loop = new PassLoop({
      pass: (updates, isAsked) => this.#pass(updates, isAsked),
      onFailed: (error) => this.#failed(error),
      onEnded: this.#changes.notify,
      onResync: () => this.#resync(),
    });
  }

  async start(): Promise<void> {
    await this.#driver.failClosed();
    await this.#links.start();
    this.#links.adopt(await this.#driver.dispatched());
    this.#endpoints.touchAll();
    this.#loop.resyncEvery(this.#state.config.refreshIntervalMs);
    await this.#loop.tried();
  }

  apply(updates: readonly NodeUpdate[]): Promise<ApplyReport> {
    return this.#loop.apply(updates);
  }

  tried(): Promise<void> {
    return this.#loop.tried();
  }

  state(): DataplaneState {
    const { endpoints, policies, profiles, sets } = this.#state;
    let setMembers = 0;
    for (const { members } of sets.values()) setMembers += members.size;
    return {
      endpoints: Array.from(
        endpoints.values(),
        ({ key, ref, match }) =>
          this.#endpoints.states.get(key) ?? {
            ref,
            interfaceName: match.name,
            state: "down",
            detail: "not programmed yet",
          },
      ),
      counts: {
        endpoints: endpoints.size,
        policies: policies.size,
        profiles: profiles.size,
        sets: sets.size,
        setMembers,
        routes: this.#routes.count,
      },
      conditions: this.conditions(),
      driftRepairs: this.#policy.repairs,
    };
  }

  /** What needs a person, as the state is now. */
  conditions(): readonly RaisedCondition[] {
    const { endpoints, config } = this.#state;
    const isWorkload = (name: string): boolean => config.interfacePrefixes.some((prefix) => name.startsWith(prefix));
    // One that nobody has but that still bears a workload's name only waits for its endpoint.
    const renamed = this.#links.renamed.filter(({ link, owner }) => owner !== undefined || !isWorkload(link.name));
    return [
      ...findFailure(this.#failure),
      ...this.#parts.flatMap((part) => part.conditions?.() ?? []),
      ...findDown(endpoints.values(), this.#endpoints.states),
      ...findRenamed(renamed, this.#state),
    ];
  }

  endpointState(ref: ObjectRef): EndpointState | undefined {
    return this.#endpoints.states.get(formatRef(ref));
  }

  on(listener: () => void): () => void {
    return this.#changes.on(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async remove(): Promise<void> {
    await this.#loop.close();
    for (const part of this.#parts) await part.remove?.();
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#loop.close();
    this.#links.close();
    for (const part of this.#parts) part.close?.();
    this.#connections.close();
    this.#rtnetlink.close();
  }

  async #pass(updates: readonly NodeUpdate[], isAsked: boolean): Promise<PassReport> {
    const turn = turns();
    for (const update of updates) {
      const change = take(this.#state, update);
      if (change !== undefined) {
        for (const reader of this.#readers) reader.note(change);
      }
      const others = turn();
      if (others !== undefined) await others;
    }
    if (isAsked) this.#inSync = true;
    this.#loop.resyncEvery(this.#state.config.refreshIntervalMs);
    if (this.#endpoints.isTouched) this.#settled = this.#links.settle(this.#state);
    const attached = this.#inSync ? this.#endpoints.begin(this.#state, this.#links) : [];
    const work: Work = {
      state: this.#state,
      inSync: this.#inSync,
      links: this.#settled,
      attached,
      turn,
      fault: (endpoint, fault) => this.#endpoints.fault(endpoint, fault),
    };
    for (const part of this.#parts) await part.pass(work);
    this.#endpoints.end(attached);
    this.#failure = undefined;
    const { messages, bytes, refused } = this.#policy.report;
    return { messages, bytes, refused: refused.map(({ ref }) => ref) };
  }

  #failed(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : String(error);
    if (!(error instanceof DriverRefusedError))
      this.#options.log.error("applying to the kernel failed", { error: String(error) });
    this.#endpoints.touchAll();
  }

  #resync(): void {
    if (!this.#inSync) return;
    for (const part of this.#parts) part.resync();
    this.#endpoints.touchAll();
  }

  #touch(names: ReadonlySet<string>): void {
    const { interfacePrefixes } = this.#state.config;
    const own = [...names].filter((name) => interfacePrefixes.some((prefix) => name.startsWith(prefix)));
    if (own.length === 0) return;
    this.#endpoints.touch(own);
    this.#loop.request();
  }

  #suspectDrift(why: string): void {
    if (this.#closing !== undefined) return;
    this.#options.log.info(`comparing ${this.#driver.words.keeps}`, { why });
    this.#policy.resync();
    this.#loop.request(DRIFT_SETTLE_MS);
  }
}
