import { createHash, hash } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AffinityObject, BgpConfigurationObject, BgpPeerObject, NodeObject, PoolObject } from "@percale/bgp";
import { createMetrics, Gauge, HealthRegistry, Histogram, serveHealth, sleepMs, backoffMs } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { createDataplane } from "@percale/dataplane";
import { openRtnetlink, RTPROT_BIRD } from "@percale/kernel";
import type { AgentStatus, Condition } from "@percale/protocol";
import type { KubeObject, Node, ObjectRef } from "@percale/resources";
import { CalcGraph } from "@percale/policy";
import { ApiClient, ApiError } from "./api/client.ts";
import { BirdSupervisor } from "./bird/supervisor.ts";
import { BgpWatch } from "./bird/watch.ts";
import { Attacher } from "./cni/attacher.ts";
import { Attachments } from "./cni/attachments.ts";
import { DeletionQueue } from "./cni/deletion-queue.ts";
import { AttachmentKeeper } from "./cni/keeper.ts";
import { EndpointStore } from "./cni/endpoint-store.ts";
import { NodeIpam } from "./cni/ipam.ts";
import { CniServer } from "./cni/server.ts";
import type { AgentConfig } from "./config.ts";
import { takeAgentLocks } from "./lock.ts";
import { collectGarbage } from "./memory.ts";
import { desiredNode, detectAddress } from "./node-object.ts";
import { whenEnforced } from "./enforced.ts";
import { Pipeline } from "./pipeline.ts";
import { renderStatus } from "./status.ts";
import { SyncClient } from "./sync/client.ts";
import type { SyncState } from "./sync/client.ts";

const BUILD = "0.1.0";
const STATUS_MS = 10_000;
const STATUS_SETTLE_MS = 200;
/** A node that has heard nothing for this long is not ready, though it goes on enforcing. */
const UNREADY_AFTER_MS = 60_000;
/** Runtimes try again at least every five minutes. */
const NO_ADDRESS_MS = 600_000;
const BIRD_KINDS = new Set(["Node", "IPPool", "BlockAffinity", "BGPConfiguration", "BGPPeer"]);

/** Everything of one node's agent, started in the order in which parts need each other. */
export class NodeAgent {
  readonly #config: AgentConfig;
  readonly #log: Logger;
  readonly #health = new HealthRegistry();
  readonly #metrics = createMetrics({ health: this.#health });
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>[] = [];
  readonly #closers: (() => Promise<void> | void)[] = [];
  readonly #startedAt = new Date();
  #sync: SyncState = { connected: false, inSync: false, detail: "starting" };
  #unreachableSince = Date.now();
  #statusTimer: NodeJS.Timeout | undefined;
  #birdTimer: NodeJS.Timeout | undefined;
  #readyWaiters: (() => void)[] = [];

  constructor({ config, log }: { readonly config: AgentConfig; readonly log: Logger }) {
    this.#config = config;
    this.#log = log;
  }

  async start(): Promise<void> {
    const { nodeName: node, dataDir } = this.#config;
    const log = this.#log;
    const now = (): number => Date.now();

    const release = takeAgentLocks(dataDir); // before anything that another agent may be using
    this.#closers.push(release);

    const dataplane = createDataplane({ log: log.child({ component: "dataplane" }), now });
    await dataplane.start();
    this.#closers.push(() => dataplane.close());

    const graph = new CalcGraph({ node, sha224: (text) => hash("sha224", text, "buffer") });
    const api = await ApiClient.open({
      url: this.#config.apiUrl,
      socketPath: this.#config.apiSocket,
      caFile: this.#config.caFile,
      tokenFile: this.#config.tokenFile,
    });
    this.#closers.push(() => api.close());

    const applySeconds = new Histogram({
      name: "percale_apply_seconds",
      help: "From a delta's arrival to the kernel's commit",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
      registers: [this.#metrics],
    });
    const pipeline = new Pipeline({
      graph,
      dataplane,
      log,
      clock: () => performance.now(),
      onProgrammed: (revision) => {
        this.#health.clear("DataplaneRefused");
        sync.ack(pipeline.applied, revision);
        applySeconds.observe(pipeline.latencies.last / 1000);
        this.#wakeReady();
        this.#changed();
      },
      onFailure: (error) => {
        log.error("the kernel refused a batch", { error });
        this.#health.set({
          code: "DataplaneRefused",
          severity: "error",
          title: "The kernel refused a batch",
          detail: error instanceof Error ? error.message : String(error),
          advice: "What was in force stays in force; the agent tries again every second.",
        });
      },
    });

    const sync: SyncClient = new SyncClient({
      url: api.url,
      agent: api.agent,
      token: api.token,
      node,
      build: BUILD,
      log: log.child({ component: "sync" }),
      onStep: (step) => {
        if (step.t === "loading") return pipeline.load(step.puts);
        pipeline.step(step.puts, step.deletes, step.revision);
        if (step.complete) void pipeline.whenProgrammed(step.revision).then(() => setImmediate(collectGarbage));
        if (step.complete || touches(step, BIRD_KINDS)) this.#configureBird(sync, bird);
        this.#changed();
      },
      onState: (state) => {
        if (this.#sync.connected && !state.connected) this.#unreachableSince = Date.now();
        this.#sync = state;
        if (state.connected) this.#health.clear("ApiUnreachable");
        else
          this.#health.set({
            code: "ApiUnreachable",
            severity: "warning",
            ...unreachable(state),
            detail: state.detail,
          });
        this.#wakeReady();
        this.#changed();
      },
    });

    const netlink = openRtnetlink();
    this.#closers.push(() => netlink.close());
    const bird = !this.#config.bgp
      ? undefined
      : new BirdSupervisor({
          directory: join(dataDir, "bird"),
          program: this.#config.bird,
          log: log.child({ component: "bird" }),
          health: this.#health,
          hasOldRoutes: async () =>
            (await netlink.routes({ table: 254 })).some(({ protocol }) => protocol === RTPROT_BIRD),
          onChange: () => this.#changed(),
        });

    const cniLog = log.child({ component: "cni" });
    const attachments = await Attachments.open(join(dataDir, "attachments"), (aside, error) =>
      cniLog.error("an attachment's record cannot be read: set aside", { aside, error }),
    );
    const queue = await DeletionQueue.open({
      directory: join(dirname(this.#config.cniSocket), "cni-queue"),
      log: cniLog,
    });
    const store = new EndpointStore({
      node,
      api,
      ipam: new NodeIpam({ api, node, now, held: () => ({ objects: sync.held.objects, revision: pipeline.applied }) }),
      held: () => sync.held.objects,
      onAddress: (refusal) => this.#tellAddress(refusal),
      log: cniLog,
      now,
    });
    const attacher = new Attacher({
      node,
      store,
      attachments,
      queue,
      whenEnforced: whenEnforced(pipeline, dataplane),
      log: cniLog,
    });
    this.#closers.push(() => attacher.close());
    const keeper = new AttachmentKeeper({ attachments, queue, attacher, health: this.#health, log: cniLog });
    const notReady = (): string | undefined =>
      !this.#sync.connected
        ? `no connection to the API server: ${this.#sync.detail}`
        : pipeline.programmed === 0
          ? "the first state of the network is not in the kernel yet"
          : undefined;
    const cni = new CniServer({
      node,
      path: this.#config.cniSocket,
      attacher,
      notReady,
      readyWithin: (ms) => this.#readyWithin(ms, () => notReady() === undefined),
      log: cniLog,
      seconds: new Histogram({
        name: "percale_cni_seconds",
        help: "CNI calls by operation and outcome",
        labelNames: ["operation", "outcome"],
        buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1, 10],
        registers: [this.#metrics],
      }),
    });

    const bgp = bird && new BgpWatch({ bird: () => bird.state, registry: this.#metrics });
    const status = (): AgentStatus =>
      renderStatus({
        node,
        build: BUILD,
        startedAt: this.#startedAt,
        inSync: this.#sync.inSync || (this.#sync.connected && sync.held.isComplete),
        pipeline,
        dataplane: dataplane.state(),
        bgp: bgp?.look(),
        conditions: [...this.#health.list(), ...this.#problems(graph)],
        rssBytes: process.memoryUsage.rss(),
      });
    this.#report = () => sync.report(status());
    dataplane.on(() => this.#changed());
    this.#health.onChange(() => this.#changed());
    const reports = setInterval(() => this.#report(), STATUS_MS);
    this.#closers.push(() => clearInterval(reports));

    this.#health.addCheck("ready", "dataplane", () =>
      pipeline.programmed === 0 ? "nothing programmed yet" : undefined,
    );
    this.#health.addCheck("ready", "api", () =>
      this.#sync.connected || Date.now() - this.#unreachableSince < UNREADY_AFTER_MS ? undefined : this.#sync.detail,
    );
    if (bird !== undefined) this.#health.addCheck("ready", "bgp", () => bird.problem);
    this.#exportState(pipeline);
    if (this.#config.healthSocket !== undefined) await rm(this.#config.healthSocket, { force: true });
    const health = await serveHealth({
      health: this.#health,
      metrics: this.#metrics,
      ...(this.#config.healthSocket === undefined
        ? { port: this.#config.healthPort }
        : { path: this.#config.healthSocket }),
    });
    this.#closers.push(() => health.close());

    this.#running.push(sync.run(this.#stop.signal), this.#registerNode(api), keeper.run(this.#stop.signal));
    if (bird !== undefined) this.#running.push(bird.run(this.#stop.signal));
    await cni.listen();
    this.#closers.push(() => cni.close());
    if (bird !== undefined && !this.#config.keepBird) this.#closers.push(() => bird.stop());
    log.info("node agent started", { node, healthPort: health.port, cniSocket: this.#config.cniSocket });
  }

  /** The kernel goes on enforcing, BIRD goes on routing (unless configured otherwise). */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#statusTimer);
    clearTimeout(this.#birdTimer);
    await Promise.all(this.#running);
    for (const close of this.#closers.toReversed()) await close();
  }

  /** Until an ADD succeeds again, or none was refused for a while: the workload may have been given up. */
  #tellAddress(refusal: string | undefined): void {
    if (refusal === undefined) return this.#health.clear("NoAddress");
    const noAddress = {
      code: "NoAddress",
      severity: "error",
      title: "A workload got no address on this node",
      detail: refusal,
      advice: "See how full the IP pools are; add a pool, or correct the pools that the workload or its node may use.",
    } as const;
    this.#health.set(noAddress, { forMs: NO_ADDRESS_MS });
  }

  #report: () => void = () => undefined;

  /** Reports soon, together with what else changes meanwhile. */
  #changed(): void {
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = undefined;
      this.#report();
    }, STATUS_SETTLE_MS);
  }

  #configureBird(sync: SyncClient, bird: BirdSupervisor | undefined): void {
    if (bird === undefined || this.#birdTimer !== undefined) return;
    this.#birdTimer = setTimeout(() => {
      this.#birdTimer = undefined;
      const of = <T>(kind: string): T[] =>
        [...sync.held.objects.values()].filter((object) => object.kind === kind) as T[];
      bird.configure({
        node: this.#config.nodeName,
        nodes: of<NodeObject>("Node"),
        pools: of<PoolObject>("IPPool"),
        affinities: of<AffinityObject>("BlockAffinity"),
        configurations: of<BgpConfigurationObject>("BGPConfiguration"),
        peers: of<BgpPeerObject>("BGPPeer"),
        sha256: (text) => createHash("sha256").update(text).digest(),
      });
    }, 0);
  }

  /** This node's Node object: made at first start, addresses kept up to date. Never gives up. */
  async #registerNode(api: ApiClient): Promise<void> {
    const { nodeName: name, ipv4Address, ipv6Address, labels } = this.#config;
    for (let failures = 0; !this.#stop.signal.aborted;) {
      try {
        const netlink = openRtnetlink();
        const [links, addresses] = await Promise.all([netlink.links(), netlink.addresses()]).finally(() =>
          netlink.close(),
        );
        const given = (family: 4 | 6, text: string | undefined): string | undefined =>
          text === "none" ? undefined : (text ?? detectAddress(family, links, addresses));
        const facts = {
          name,
          ipv4Address: given(4, ipv4Address),
          ipv6Address: given(6, ipv6Address),
          labels: Object.fromEntries(
            labels.map((label) => [label.split("=")[0]!, label.slice(label.indexOf("=") + 1)]),
          ),
        };
        const stored = await api.get<Node>("nodes", name);
        const object = desiredNode(facts, stored);
        if (object !== undefined)
          await api.apply({
            changes: [{ op: stored === undefined ? "create" : "update", object }],
            reason: "node registered",
          });
        this.#health.clear("NodeNotRegistered");
        if (object !== undefined) this.#log.info("node registered", { ...facts });
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        failures++;
        const refused = error instanceof ApiError && error.code < 500 && !error.isConflict;
        this.#health.set({
          code: "NodeNotRegistered",
          severity: refused ? "error" : "warning",
          title: "The Node object could not be written",
          detail: String(error),
          advice:
            `Without it the node gets no addresses and no BGP sessions; the agent keeps trying. ${refused ? OWN_TOKEN : ""}`.trim(),
        });
        await sleepMs(backoffMs(failures), this.#stop.signal);
      }
    }
  }

  #problems(graph: CalcGraph): Condition[] {
    return graph.problems().map(({ ref, reason, message }) => ({
      code: `Object${reason}`,
      severity: "warning",
      title: `${ref.kind} ${ref.name} is not wholly in force`,
      detail: message,
      advice: "Correct the object; until then it counts as what the message says.",
      since: this.#startedAt.toISOString(),
      ref,
    }));
  }

  #exportState(pipeline: Pipeline): void {
    const gauges: readonly [string, string, () => number][] = [
      ["percale_applied_revision", "Revision that the node has calculated", () => pipeline.applied],
      ["percale_programmed_revision", "Revision that is in the kernel", () => pipeline.programmed],
      ["percale_api_connected", "1 while the stream is connected", () => (this.#sync.connected ? 1 : 0)],
    ];
    for (const [name, help, read] of gauges) {
      const gauge: Gauge = new Gauge({ name, help, registers: [this.#metrics], collect: () => gauge.set(read()) });
    }
  }

  #wakeReady(): void {
    for (const wake of this.#readyWaiters.splice(0)) wake();
  }

  async #readyWithin(ms: number, isReady: () => boolean): Promise<void> {
    for (const until = Date.now() + ms; !isReady() && Date.now() < until;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#readyWaiters.push(resolve);
      const timer = setTimeout(resolve, until - Date.now());
      await promise;
      clearTimeout(timer);
    }
  }
}

const OWN_TOKEN =
  "Give it a token of its own, with subject system:node:<name> and group system:nodes, in the token file.";

function unreachable({ rejected }: SyncState): Pick<Condition, "title" | "advice"> {
  const meanwhile = "The node goes on enforcing what it has and keeps trying";
  return rejected === "auth"
    ? { title: "The API server refuses this agent", advice: `${meanwhile}. ${OWN_TOKEN}` }
    : { title: "The API server does not answer", advice: `${meanwhile}; see whether the API server runs.` };
}

function touches(
  step: { readonly puts: readonly KubeObject[]; readonly deletes: readonly ObjectRef[] },
  kinds: ReadonlySet<string>,
): boolean {
  return step.puts.some(({ kind }) => kinds.has(kind)) || step.deletes.some(({ kind }) => kinds.has(kind));
}
