import type { NodeUpdate } from "@percale/policy";
import type { Condition } from "@percale/protocol";
import { DEFAULT_CONFIG } from "@percale/policy";
import { findDown, findRenamed, Since } from "./conditions.ts";
import type { Finding } from "./conditions.ts";
import type { ApplyReport, Dataplane, DataplaneOptions, DataplaneState, EndpointState } from "./face.ts";
import { Desired } from "./nft/desired.ts";
import { NftDriver, NftRefusedError } from "./nft/driver.ts";
import type { CommitReport } from "./nft/driver.ts";
import { FOREIGN_ROUTE_GRACE_MS, WorkloadRoutes } from "./routes/workloads.ts";

/** Foreign changes often come in bursts; one look repairs them all, well within a second. */
const DRIFT_SETTLE_MS = 50;
const RETRY_MS = 1_000;
const INTERFACE_RESCAN_MS = 90_000;
/** How much of the time may go into batches when changes never stop. */
const MAX_BUSY_SHARE = 0.5;
/** A single change right after a great one must not wait as long as that took. */
const MAX_REST_MS = 20;

interface Waiting {
  readonly updates: readonly NodeUpdate[];
  readonly since: number;
  readonly resolve: (report: ApplyReport) => void;
  readonly reject: (error: unknown) => void;
}

export function createDataplane(options: DataplaneOptions): Dataplane {
  return new KernelDataplane(options);
}

class KernelDataplane implements Dataplane {
  readonly #options: DataplaneOptions;
  readonly #desired: Desired;
  readonly #driver: NftDriver;
  readonly #routes: WorkloadRoutes;
  readonly #listeners = new Set<() => void>();
  readonly #conditions = new Map<string, Condition>();
  readonly #touchedInterfaces = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #since: Since;
  #waiting: Waiting[] = [];
  /** Cancels the pass that is due. */
  #pass: (() => void) | undefined;
  #resyncTimer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #inSync = false;
  #closed = false;
  #driftSeen = false;
  #lastDoneMs = 0;
  #lastTookMs = 0;
  #drift: { count: number; lastAt?: string; lastDetail?: string } = { count: 0 };

  constructor(options: DataplaneOptions) {
    this.#options = options;
    const { netns, log, now } = options;
    this.#since = new Since(now);
    this.#desired = new Desired({ ...DEFAULT_CONFIG, ...options.config });
    this.#driver = new NftDriver({
      desired: this.#desired,
      netns,
      own: options.ownTables ?? true,
      onForeign: (event) =>
        this.#suspectDrift(event.t === "lost" ? "notifications were lost" : `changed by ${event.process}`),
    });
    this.#routes = new WorkloadRoutes({
      netns,
      log,
      now,
      onTouched: (names) => this.#touch(names),
      onNodeSettings: () => {
        if (!this.#closed) this.#nodeSysctls();
      },
    });
  }

  async start(): Promise<void> {
    this.#driver.failClosed();
    this.#nodeSysctls();
    await this.#routes.start();
    const { dispatch, workloads } = this.#driver.dispatched();
    this.#routes.interfaces.claims.adopt(dispatch, workloads);
    this.#follow();
    this.#driver.failClosed();
    this.#every(INTERFACE_RESCAN_MS, () => this.#routes.rescan());
    this.#armResync();
  }

  apply(updates: readonly NodeUpdate[]): Promise<ApplyReport> {
    const { promise, resolve, reject } = Promise.withResolvers<ApplyReport>();
    if (this.#closed) reject(new Error("the dataplane is closed"));
    else {
      this.#waiting.push({ updates, since: performance.now(), resolve, reject });
      this.#schedule();
    }
    return promise;
  }

  state(): DataplaneState {
    const { endpoints, policies, profiles, sets } = this.#desired;
    return {
      endpoints: Array.from(
        endpoints.values(),
        ({ key, interfaceName }) =>
          this.#routes.states.get(key) ?? { key, interfaceName, state: "down", detail: "not programmed yet" },
      ),
      counts: {
        endpoints: endpoints.size,
        policies: policies.size,
        profiles: profiles.size,
        sets: sets.size,
        setMembers: sets.memberCount,
        routes: this.#routes.routeCount,
      },
      conditions: [...this.#conditions.values(), ...this.#since.date(this.#find())],
      driftRepairs: { ...this.#drift },
    };
  }

  endpointState(key: string): EndpointState | undefined {
    return this.#routes.states.get(key);
  }

  /** What needs a person, as the state is now. */
  #find(): Finding[] {
    const { endpoints, config } = this.#desired;
    const isWorkload = (name: string) => config.interfacePrefixes.some((prefix) => name.startsWith(prefix));
    // One that nobody has but that still bears a workload's name only waits for its endpoint.
    const renamed = this.#routes.interfaces.renamed.filter(
      ({ link, owner }) => owner !== undefined || !isWorkload(link.name),
    );
    return [
      ...findDown(endpoints.values(), this.#routes.states),
      ...findRenamed(renamed, (name) => this.#desired.ownerOf(name)),
    ];
  }

  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#pass?.();
    clearTimeout(this.#resyncTimer);
    await this.#running;
    for (const { reject } of this.#waiting) reject(new Error("the dataplane was closed before this was applied"));
    this.#waiting = [];
    this.#driver.close();
    this.#routes.close();
  }

  async remove(): Promise<void> {
    this.#pass?.();
    await this.#running;
    this.#driver.remove();
    await this.#routes.remove();
    await this.close();
  }

  /** The first pass is free; when changes never stop, passes take at most their share of the time. */
  #schedule(delayMs = 0): void {
    if (this.#pass !== undefined || this.#closed) return;
    const rest = this.#lastTookMs * (1 / MAX_BUSY_SHARE - 1) - (performance.now() - this.#lastDoneMs);
    const wait = Math.max(delayMs, Math.min(rest, MAX_REST_MS), 0);
    const start = () => {
      this.#pass = undefined;
      this.#running = this.#running.then(() => this.#run());
    };
    this.#pass = wait < 1 ? soon(start) : later(start, wait);
  }

  async #run(): Promise<void> {
    if (this.#closed) return;
    const started = performance.now();
    const batch = this.#waiting;
    this.#waiting = [];
    const touched = new Set(this.#touchedInterfaces);
    this.#touchedInterfaces.clear();
    try {
      const changes = this.#note(batch, touched);
      if (changes.addresses || changes.config || touched.size > 0) this.#follow();
      const report = this.#commit(batch.length > 0);
      await this.#applyRoutes(touched, changes);
      for (const { since, resolve } of batch)
        resolve({
          tookMs: performance.now() - since,
          messages: report.messages,
          bytes: report.bytes,
          refused: report.refused.map((refusal) => refusal.policy),
        });
    } catch (error) {
      if (!(error instanceof NftRefusedError))
        this.#options.log.error("applying to the kernel failed", { error: String(error) });
      this.#driver.forget();
      for (const { reject } of batch) reject(error);
      this.#schedule(RETRY_MS);
    } finally {
      this.#lastDoneMs = performance.now();
      this.#lastTookMs = this.#lastDoneMs - started;
      this.#tell();
    }
  }

  /** Takes the updates into the desired state; says what else than nftables they concern. */
  #note(batch: readonly Waiting[], touched: Set<string>) {
    const changes = { config: false, addresses: false };
    for (const { updates } of batch)
      for (const update of updates) {
        switch (update.t) {
          case "endpoint":
            this.#leave(update.endpoint.key, touched);
            touched.add(update.endpoint.interfaceName);
            changes.addresses = true;
            break;
          case "endpointRemoved":
            this.#leave(update.key, touched);
            this.#routes.forgetState(update.key);
            changes.addresses = true;
            break;
          case "config":
            changes.config = true;
            break;
          case "set":
          case "setDelta":
          case "setRemoved":
          case "policy":
          case "policyRemoved":
          case "profile":
          case "profileRemoved":
          case "pool":
          case "poolRemoved":
          case "hosts":
            break; // nftables alone
        }
        this.#driver.update(update);
      }
    return changes;
  }

  /** The interface that the endpoint has had until now is looked at too. */
  #leave(key: string, touched: Set<string>): void {
    const old = this.#desired.endpoints.get(key);
    if (old !== undefined) touched.add(old.interfaceName);
  }

  #follow(): void {
    this.#desired.follow(this.#routes.settle(this.#desired.endpoints.values(), this.#desired.config));
  }

  #commit(hasUpdates: boolean): CommitReport {
    if (!this.#inSync && !hasUpdates) {
      this.#driver.failClosed(); // nothing more before the first state is known
      return { messages: 0, bytes: 0, refused: [] };
    }
    try {
      const { report, drift } = this.#driftSeen
        ? this.#driver.resync()
        : { report: this.#driver.commit(), drift: undefined };
      this.#driftSeen = false;
      const wasInSync = this.#inSync;
      if (!wasInSync) this.#sweepLeftovers();
      this.#inSync = true;
      if (drift !== undefined && drift.total > 0) {
        this.#drift = { count: this.#drift.count + 1, lastAt: this.#time(), lastDetail: drift.text };
        this.#options.log.warn("repaired the nftables tables", { differences: drift.total, detail: drift.text });
        if (wasInSync) void this.#endDenied();
      }
      this.#conditions.delete("NftBatchRefused");
      this.#reportRefused(report);
      return report;
    } catch (error) {
      this.#raise("NftBatchRefused", {
        severity: "error",
        title: "The kernel refuses the rules",
        detail: error instanceof Error ? error.message : String(error),
        advice:
          "The rules in force stay as they were. Look for kernel modules that are missing (nf_tables, nft_ct, nft_fib, nft_log) and in the kernel log.",
      });
      throw error;
    }
  }

  #reportRefused(report: CommitReport): void {
    for (const { policy, detail } of report.refused) {
      const [kind = "", ...path] = policy.split("/");
      const name = path.at(-1) ?? "";
      const namespace = path.length > 1 ? path[0] : undefined;
      this.#raise(`NftPolicyRefused ${policy}`, {
        code: "NftPolicyRefused",
        severity: "error",
        title: `The kernel refuses the rules of ${policy}`,
        detail,
        advice:
          "What this policy would allow is denied until it changes; its denies are in force. Simplify the rule, or load the kernel module it needs.",
        ref: { kind, name, ...(namespace !== undefined && { namespace }) },
      });
    }
    for (const key of this.#conditions.keys()) {
      const policy = key.startsWith("NftPolicyRefused ") ? key.slice(17) : undefined;
      if (policy !== undefined && !this.#driver.refused.has(policy)) this.#conditions.delete(key);
    }
  }

  async #applyRoutes(
    touched: ReadonlySet<string>,
    changes: { readonly config: boolean; readonly addresses: boolean },
  ): Promise<void> {
    if (changes.config) {
      this.#nodeSysctls();
      this.#armResync();
    }
    if (!this.#inSync || (touched.size === 0 && !changes.config)) return;
    const { config, endpoints } = this.#desired;
    this.#routes.beginPass();
    if (changes.addresses) await this.#routes.release(this.#wantedAddresses());
    const names = changes.config ? new Set(Array.from(endpoints.values(), (e) => e.interfaceName)) : touched;
    for (const endpoint of endpoints.values()) {
      if (!names.has(endpoint.interfaceName)) continue;
      const owner = this.#desired.ownerOf(endpoint.interfaceName)!;
      if (owner === endpoint) await this.#routes.reconcile(endpoint, config);
      else this.#routes.waiting(endpoint, owner.key);
    }
  }

  /** Which interface each workload address belongs to. */
  #wantedAddresses(): Map<string, string> {
    const wanted = new Map<string, string>();
    for (const { active, addresses, interfaceName } of this.#desired.endpoints.values())
      if (active) for (const address of addresses) wanted.set(address, interfaceName);
    return wanted;
  }

  #nodeSysctls(): void {
    const failed = this.#routes.applyNode(this.#desired.config);
    if (failed.length === 0) this.#conditions.delete("ForwardingOff");
    else
      this.#raise("ForwardingOff", {
        severity: "error",
        title: "This node does not forward packets",
        detail: `cannot write ${failed.join(", ")}`,
        advice:
          "Give the agent write access to /proc/sys/net, or set ipForwarding: Disabled and enable forwarding by other means.",
      });
  }

  #touch(names: ReadonlySet<string>): void {
    const { interfacePrefixes } = this.#desired.config;
    for (const name of names)
      if (interfacePrefixes.some((prefix) => name.startsWith(prefix))) this.#touchedInterfaces.add(name);
    if (this.#touchedInterfaces.size > 0) this.#schedule();
  }

  #suspectDrift(why: string): void {
    if (this.#closed) return;
    this.#options.log.info("comparing the nftables tables", { why });
    this.#driftSeen = true;
    this.#schedule(DRIFT_SETTLE_MS);
  }

  #armResync(): void {
    clearTimeout(this.#resyncTimer);
    const { refreshIntervalMs } = this.#desired.config;
    if (refreshIntervalMs <= 0) return;
    this.#resyncTimer = setTimeout(() => {
      this.#driftSeen = this.#inSync;
      this.#schedule();
      void this.#sweep();
      this.#armResync();
    }, refreshIntervalMs);
    this.#resyncTimer.unref();
  }

  /** Routes that an earlier run left: seen now, taken away when their grace is over. */
  #sweepLeftovers(): void {
    setImmediate(() => void this.#sweep());
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#sweep();
    }, FOREIGN_ROUTE_GRACE_MS + 500);
    timer.unref();
    this.#timers.add(timer);
  }

  /** What got through while the tables were broken must not go on. */
  async #endDenied(): Promise<void> {
    try {
      const ended = await this.#routes.endDenied(this.#desired.state());
      if (ended > 0) this.#options.log.warn("ended connections that policy denies", { connections: ended });
    } catch (error) {
      this.#options.log.error("ending denied connections failed", { error: String(error) });
    }
  }

  async #sweep(): Promise<void> {
    try {
      if (this.#inSync && !this.#closed) await this.#routes.sweep(this.#desired.endpoints.values());
    } catch (error) {
      this.#options.log.error("sweeping routes failed", { error: String(error) });
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => this.#options.log.error("periodic work failed", { error: String(error) }));
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #raise(key: string, condition: Omit<Condition, "since" | "code"> & { readonly code?: string }): void {
    const since = this.#conditions.get(key)?.since ?? this.#time();
    this.#conditions.set(key, { code: key, ...condition, since });
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** After what is queued now, so that updates of one tick share a batch; unlike a timer, without a millisecond's wait. */
function soon(run: () => void): () => void {
  const handle = setImmediate(run);
  return () => clearImmediate(handle);
}

function later(run: () => void, ms: number): () => void {
  const handle = setTimeout(run, ms);
  return () => clearTimeout(handle);
}
