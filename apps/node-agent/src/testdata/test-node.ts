import { execFile, execFileSync, spawn } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createNetns, deleteNetns, inNetns, openRtnetlink } from "@percale/kernel";
import { testCaFile } from "./test-server.ts";

const root = resolve(import.meta.dirname, "../../../..");
const NETNS = "pa";

export interface CniOptions {
  readonly args?: string;
  readonly config?: object;
  readonly netns?: string;
  readonly ifName?: string;
  /** The whole configuration as it is, instead of `config`. */
  readonly text?: string;
  /** More variables of the call, such as CNI_NETNS_OVERRIDE. */
  readonly env?: Readonly<Record<string, string>>;
  /** Namespace that the plugin itself runs in; the tests' own unless given. */
  readonly from?: string;
}

export interface CniAnswer {
  readonly code: number;
  readonly output: string;
}

/** A node in a namespace of its own with a real agent process in it, and containers to attach. Remove it also on failure. */
export class TestNode {
  readonly name: string;
  readonly directory: string;
  readonly netns: string;
  readonly #containers = new Set<string>();
  readonly #cni: string;
  agent: ChildProcess | undefined;

  constructor(name: string, options: { readonly address?: string } = {}) {
    this.name = name;
    this.directory = mkdtempSync(join(tmpdir(), "percale-agent-"));
    this.netns = `${NETNS}-${process.pid}-${name}`;
    createNetns(this.netns);
    writeFileSync(join(this.directory, "token"), "test-token\n");
    this.#cni = execFileSync(process.execPath, [join(root, "apps/cni/build.mjs")], { encoding: "utf8" }).trim();
    const run = (...args: string[]): Buffer => execFileSync("ip", ["-n", this.netns, ...args]);
    run("link", "set", "lo", "up");
    run("link", "add", "uplink0", "type", "bridge");
    run("addr", "add", options.address ?? "192.0.2.1/24", "dev", "uplink0");
    run("link", "set", "uplink0", "up");
  }

  get apiSocket(): string {
    return join(this.directory, "api.sock");
  }

  start(flags: readonly string[] = []): ChildProcess {
    this.agent = this.spawn(flags, process.env["PERCALE_TEST_LOG"] === undefined ? "ignore" : "inherit");
    return this.agent;
  }

  /** An agent process beside the node's own. */
  spawn(flags: readonly string[], stdio: StdioOptions): ChildProcess {
    const { directory } = this;
    const args = [
      `--node-name=${this.name}`,
      `--data-dir=${join(directory, "data")}`,
      "--api-url=https://localhost",
      `--api-socket=${this.apiSocket}`,
      `--ca-file=${testCaFile}`,
      `--token-file=${join(directory, "token")}`,
      `--cni-socket=${join(directory, "cni/cni.sock")}`,
      `--health-socket=${join(directory, "health.sock")}`,
      "--no-keep-bird",
      ...flags,
    ];
    return inNetns(this.netns, () => spawn(join(root, "apps/node-agent/bin/percale-agent"), args, { stdio }));
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { agent } = this;
    if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    agent.once("exit", () => resolve());
    agent.kill(signal);
    await promise;
  }

  /** A namespace for a workload; its path. */
  container(id: string): string {
    const name = `${this.netns}-${id}`;
    if (!this.#containers.has(name)) createNetns(name);
    this.#containers.add(name);
    return `/run/netns/${name}`;
  }

  removeContainer(id: string): void {
    const name = `${this.netns}-${id}`;
    if (this.#containers.delete(name)) deleteNetns(name);
  }

  async cni(command: string, id: string, options: CniOptions = {}): Promise<CniAnswer> {
    const env = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: id,
      CNI_NETNS: options.netns ?? this.container(id),
      CNI_IFNAME: options.ifName ?? "eth0",
      CNI_PATH: "/opt/cni/bin",
      CNI_ARGS: options.args ?? `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${id}`,
      PERCALE_CNI_SOCKET: join(this.directory, "cni/cni.sock"),
      ...options.env,
    };
    const { promise, resolve } = Promise.withResolvers<CniAnswer>();
    const run = () =>
      execFile(this.#cni, { env }, (error, output) => {
        resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, output });
      });
    const child = inNetns(options.from, run);
    const config = { cniVersion: "1.0.0", name: "percale", type: "percale-cni", ...options.config };
    child.stdin?.on("error", () => undefined); // it may end without reading
    child.stdin?.end(options.text ?? JSON.stringify(config));
    return promise;
  }

  /** As the native client would, but called in the order of these calls; the exit code. */
  async post(command: string, id: string): Promise<number> {
    const env = { CNI_COMMAND: command, CNI_CONTAINERID: id, CNI_NETNS: this.container(id), CNI_IFNAME: "eth0", CNI_ARGS: `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${id}` };
    const variables = Object.entries(env).map(([key, value]) => `${key}=${value}\0`);
    const body = Buffer.from(`${variables.join("")}\0${JSON.stringify({ cniVersion: "1.0.0", name: "percale" })}`);
    const header = Buffer.alloc(4);
    header.writeUInt32LE(body.length, 0);
    const socket = connect(join(this.directory, "cni/cni.sock"));
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    socket.on("error", reject).once("data", (reply: Buffer) => resolve(reply.readUInt32LE(0)));
    socket.end(Buffer.concat([header, body]));
    return promise;
  }

  async health(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    request({ socketPath: join(this.directory, "health.sock"), path }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
    return promise;
  }

  /** True if a packet and its answer get through: a port where nobody listens refuses at once, on a busy machine after a while. */
  async reaches(id: string, address: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const connect = ["timeout", "5", "bash", "-c", `: < /dev/tcp/${address}/81`];
    execFile("ip", ["netns", "exec", `${this.netns}-${id}`, ...connect], (_error, _out, said) => resolve(said.includes("refused")));
    return promise;
  }

  /** True if the container has its interface and leaves by it. */
  async hasDefaultRoute(id: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const ask = ["-n", `${this.netns}-${id}`, "-o", "route", "show", "default", "dev", "eth0"];
    execFile("ip", ask, (error, output) => resolve(error === null && output !== ""));
    return promise;
  }

  async links(): Promise<string[]> {
    const netlink = openRtnetlink({ netns: this.netns });
    try {
      return (await netlink.links()).map(({ name }) => name);
    } finally {
      netlink.close();
    }
  }

  /** Left behind when the agent did not end in good order. */
  #endBird(): void {
    const path = join(this.directory, "data/bird/bird.pid");
    try {
      if (existsSync(path)) process.kill(Number(readFileSync(path, "utf8")), "SIGKILL");
    } catch {
      // it ended between the two looks
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    this.#endBird();
    for (const name of this.#containers) deleteNetns(name);
    deleteNetns(this.netns);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits for the world outside this process; the deadline is a failure, not a measure. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  for (const end = Date.now() + limitMs; ; ) {
    try {
      if (await isSo()) return;
    } catch {
      // not yet
    }
    if (Date.now() > end) throw new Error(`still not so after ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
