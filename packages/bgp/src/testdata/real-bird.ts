import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { birdStatusOf, bgpSessionsOf, Md5Counter, md5RefusedOf, renderBirdConfig, ReplyReader, SessionJournal } from "../index.ts";
import type { BgpInputs, BgpReport, BirdReply, Session } from "../index.ts";

/** A real BIRD in a namespace of its own. Remove it also on failure. */
export class RealBird {
  readonly node: string;
  readonly netns: string;
  readonly #directory = mkdtempSync(join(tmpdir(), "percale-bird-"));
  readonly #journal = new SessionJournal();
  readonly #md5 = new Md5Counter();
  #sessions: readonly Session[] = [];
  #process: ChildProcess | undefined;

  constructor(node: string) {
    this.node = node;
    this.netns = `pbgp-${process.pid}-${node}`;
    execFileSync("ip", ["netns", "add", this.netns]);
    execFileSync("ip", ["-n", this.netns, "link", "set", "lo", "up"]);
  }

  /** Runs BIRD with this, starting it where it does not run. */
  async configure(inputs: BgpInputs): Promise<void> {
    const { text, sessions } = renderBirdConfig(inputs);
    this.#sessions = sessions;
    writeFileSync(this.#at("bird.conf"), text);
    if (this.#process !== undefined) return void (await this.#ask("configure"));
    const bird = ["bird", "-f", "-c", this.#at("bird.conf"), "-s", this.#at("bird.ctl")];
    rmSync(this.#at("bird.ctl"), { force: true });
    this.#process = spawn("ip", ["netns", "exec", this.netns, ...bird], { stdio: "ignore", env: { ...process.env, TZ: "UTC" } });
    while (!existsSync(this.#at("bird.ctl"))) await delay(20);
  }

  /** As an agent would report. */
  async report(): Promise<BgpReport> {
    const [status, protocols] = this.#process === undefined ? [] : await this.#ask("show status", "show protocols all");
    const netstat = execFileSync("ip", ["netns", "exec", this.netns, "cat", "/proc/net/netstat"], { encoding: "utf8" });
    return {
      node: this.node,
      isHeard: true,
      birdRuns: status !== undefined,
      routerID: status && birdStatusOf(status).routerID,
      listenPort: 179,
      md5Refused: this.#md5.note(md5RefusedOf(netstat)!, Date.now()),
      sessions: this.#journal.note(bgpSessionsOf(protocols ?? { code: 0, lines: [] }, this.#sessions), Date.now()),
    };
  }

  /** Its peers see the connection close. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once("exit", () => resolve());
    child.kill();
    await promise;
  }

  async remove(): Promise<void> {
    await this.stop();
    execFileSync("ip", ["netns", "del", this.netns]);
    rmSync(this.#directory, { recursive: true });
  }

  #at(name: string): string {
    return join(this.#directory, name);
  }

  async #ask(...commands: readonly string[]): Promise<BirdReply[]> {
    const { promise, resolve, reject } = Promise.withResolvers<BirdReply[]>();
    const reader = new ReplyReader();
    const replies: BirdReply[] = [];
    const socket = connect(this.#at("bird.ctl")).setEncoding("utf8").on("error", reject);
    socket.on("data", (chunk: string) => {
      replies.push(...reader.push(chunk).replies);
      if (replies.length === commands.length + 1) resolve(replies.slice(1)); // the greeting is the first
    });
    socket.write(commands.map((command) => `${command}\n`).join(""));
    return promise.finally(() => socket.destroy());
  }
}
