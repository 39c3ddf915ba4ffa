/** The lab as a whole: brought up, kept up, measured, taken down. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@percale/daemon";
import type { CliConfig } from "../config.ts";
import { LAB_MARK } from "../config.ts";
import { apiSocket, labFolder, labId } from "./places.ts";
import type { Access } from "../rest/client.ts";
import { cniSocket, startAgent } from "./agents.ts";
import { createMissing, ensureNodeToken, isFirstTime, waitForApi } from "./api.ts";
import { attach, detach } from "./attach.ts";
import type { Child } from "./child.ts";
import { answer } from "./answer.ts";
import type { ControlAnswers, ControlRequest } from "./control.ts";
import { routesConverge } from "./convergence.ts";
import { createFabric, createWorkloadNetns, netnsName, removeNetns } from "./fabric.ts";
import { removeLeftovers } from "./leftovers.ts";
import { foundation, startingPolicies } from "./manifests.ts";
import type { Target } from "./prober.ts";
import { NODES, OUTSIDE, WORKLOADS } from "./shop.ts";
import type { LabNode, LabWorkload, WorkloadPort } from "./shop.ts";
import type { LabStatus } from "./status.ts";
import type { WorkloadProcess } from "./workload-process.ts";
import { startWorkload } from "./workload-process.ts";

const ATTACH_TRIES = 40;
const ATTACH_PAUSE_MS = 500;

const CNI_PROGRAM = "apps/cni/build/percale-cni";
const WORKLOAD_PROGRAM = "apps/cli/build/workload";

interface Live {
  readonly addresses: readonly string[];
  readonly process: WorkloadProcess;
}

export interface LabOptions {
  readonly config: CliConfig;
  readonly log: Logger;
}

export class Lab {
  readonly #config: CliConfig;
  readonly #log: Logger;
  readonly #id: string;
  readonly #stopping = new AbortController();
  readonly #agentByNode = new Map<string, Child>();
  readonly #runningByName = new Map<string, Live>();
  #state: LabStatus["state"] = "starting";
  #progress = "starting";

  constructor({ config, log }: LabOptions) {
    this.#config = config;
    this.#log = log;
    this.#id = labId(config.dataDir);
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  async up(): Promise<void> {
    for (const program of [CNI_PROGRAM, WORKLOAD_PROGRAM])
      if (!existsSync(join(this.#config.root, program)))
        throw new Error(`${program} is not built: npm start does it, given a C compiler`);
    this.#say("removing what an earlier lab left");
    const left = await removeLeftovers(this.#id);
    if (left.namespaces + left.processes > 0) this.#log.info("removed leftovers", { ...left });
    this.#say("waiting for the API");
    const access = await waitForApi(this.#config, this.signal);
    this.#say("policies of the shop");
    const first = await isFirstTime(access);
    await createMissing(access, [...foundation(), ...(first ? startingPolicies() : [])]);
    this.#say("wiring three nodes and an outside host");
    await createFabric(this.#id);
    this.#say("starting agents");
    for (const node of NODES) this.#agentByNode.set(node.name, await this.#startAgent(node, access));
    for (const host of [...NODES, OUTSIDE]) await this.#startHost(host);
    this.#say("attaching workloads");
    await Promise.all(WORKLOADS.map((workload) => this.#startWorkload(workload)));
    this.#say("waiting for routes between the nodes");
    const addresses = WORKLOADS.flatMap(({ name }) => this.#runningByName.get(name)?.addresses ?? []);
    const nodes = NODES.map(({ name }) => netnsName(this.#id, name));
    if (!(await routesConverge(nodes, addresses, this.signal)))
      this.#log.warn("the nodes have not all routes yet: see their BGP sessions");
    this.#state = "ready";
    this.#say("ready");
  }

  /** Detaches every workload, so that no address or endpoint stays in the store, then removes all that was made. */
  async down(): Promise<void> {
    this.#state = "stopping";
    this.#stopping.abort();
    this.#say("detaching workloads");
    await Promise.all(
      WORKLOADS.filter(({ name }) => this.#runningByName.has(name)).map(async (workload) => {
        await this.#runningByName.get(workload.name)?.process.close();
        await Promise.race([detach(this.#attachment(workload)), delay(5_000)]).catch((error: unknown) =>
          this.#log.warn("could not detach", { workload: workload.name, error }),
        );
        removeNetns(this.#id, workload.name);
      }),
    );
    this.#say("stopping agents");
    await Promise.all([...this.#agentByNode.values()].map((agent) => agent.stop()));
    await Promise.all([...this.#runningByName.values()].map(({ process }) => process.close()));
    await removeLeftovers(this.#id);
    this.#say("down");
  }

  status(): LabStatus {
    const workloads = WORKLOADS.flatMap((workload) => {
      const running = this.#runningByName.get(workload.name);
      return running === undefined ? [] : [{ ...workload, addresses: running.addresses, pid: running.process.pid }];
    });
    const outside = this.#runningByName.get(OUTSIDE.name);
    return {
      state: this.#state,
      progress: this.#progress,
      rootless: this.#config.rootless,
      daemonPid: process.pid,
      nodes: NODES.map(({ name, ipv4, ipv6 }) => {
        const agent = this.#agentByNode.get(name);
        const pid = agent?.pid;
        return {
          name,
          addresses: [ipv4, ipv6],
          agent: pid === undefined ? "starting" : "running",
          ...(pid !== undefined && { agentPid: pid }),
          agentRestarts: agent?.restarts ?? 0,
        };
      }),
      workloads,
      ...(outside !== undefined && {
        outside: { name: OUTSIDE.name, addresses: outside.addresses, ports: OUTSIDE.ports, pid: outside.process.pid },
      }),
    };
  }

  /** Whatever is up now: workloads and the outside host. */
  targets(): Target[] {
    const ends: (Pick<LabWorkload, "name" | "ports"> & { readonly namespace?: string })[] = [...WORKLOADS, OUTSIDE];
    return ends.flatMap(({ name, ports, namespace }) => {
      const running = this.#runningByName.get(name);
      return running === undefined ? [] : [{ name, ports, ...(namespace !== undefined && { namespace }), ...running }];
    });
  }

  handle(request: Exclude<ControlRequest, { readonly verb: "stop" }>): Promise<ControlAnswers[keyof ControlAnswers]> {
    return answer(request, { status: this.status(), processOf: (name) => this.#runningByName.get(name)?.process });
  }

  async #startAgent(node: LabNode, access: Access): Promise<Child> {
    const folder = labFolder(this.#config.dataDir);
    const caFile = join(folder, "ca.crt");
    writeFileSync(caFile, access.ca ?? "");
    const tokenFile = await ensureNodeToken(access, { node: node.name, folder });
    const socketPath = apiSocket(this.#config.dataDir);
    return startAgent({
      config: this.#config,
      labId: this.#id,
      node,
      access: { url: access.server, socketPath, caFile, tokenFile },
      onExit: (end) => {
        this.#log.warn("agent ended, starting it again", { node: node.name, ...end });
        return true;
      },
    });
  }

  /** A node or the outside host: a prober in a namespace that is wired already. */
  async #startHost({ name, ipv4, ipv6 }: LabNode): Promise<void> {
    const ports = name === OUTSIDE.name ? OUTSIDE.ports : [];
    const process = await this.#startProcess(name, ports);
    this.#runningByName.set(name, { addresses: [ipv4, ipv6], process });
  }

  async #startWorkload(workload: LabWorkload): Promise<void> {
    await createWorkloadNetns(this.#id, workload.name);
    await this.#forget(workload);
    const addresses = await this.#attach(workload);
    const process = await this.#startProcess(workload.name, workload.ports);
    this.#runningByName.set(workload.name, { addresses, process });
  }

  /** A lab that was killed left endpoint and addresses in the store: CNI's DEL releases them by the container's name. */
  async #forget(workload: LabWorkload): Promise<void> {
    for (let tries = 1; tries < ATTACH_TRIES; tries++) {
      try {
        return await detach(this.#attachment(workload));
      } catch (error) {
        this.#log.debug("detach again", { workload: workload.name, error });
        await delay(ATTACH_PAUSE_MS, undefined, { signal: this.signal });
      }
    }
  }

  /** The agent may still be starting; a runtime would try again too. */
  async #attach(workload: LabWorkload): Promise<string[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await attach(this.#attachment(workload));
      } catch (error) {
        if (tries === ATTACH_TRIES) throw error;
        this.#log.debug("attach again", { workload: workload.name, error });
        await detach(this.#attachment(workload)).catch(() => undefined); // a runtime calls DEL after a failed ADD
        await delay(ATTACH_PAUSE_MS, undefined, { signal: this.signal });
      }
    }
  }

  #attachment(workload: LabWorkload): Parameters<typeof attach>[0] {
    const { root, dataDir } = this.#config;
    return {
      program: join(root, CNI_PROGRAM),
      socket: cniSocket(dataDir, workload.node),
      labId: this.#id,
      netnsPath: `/run/netns/${netnsName(this.#id, workload.name)}`,
      workload,
    };
  }

  async #startProcess(name: string, ports: readonly WorkloadPort[]): Promise<WorkloadProcess> {
    const program = join(this.#config.root, WORKLOAD_PROGRAM);
    const listen = ports.flatMap(({ port }) => [`tcp:${port}`, `udp:${port}`]);
    return startWorkload({
      program,
      netns: netnsName(this.#id, name),
      name,
      listen,
      env: { ...this.#config.environment, [LAB_MARK]: this.#id },
    });
  }

  #say(progress: string): void {
    this.#progress = progress;
    this.#log.info("lab", { progress });
  }
}
