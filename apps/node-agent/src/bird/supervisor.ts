import { execFile, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { bgpSessionsOf, birdStatusOf } from "@percale/bgp";
import type { BirdConfig, BirdStatus, Session, SessionStatus } from "@percale/bgp";
import { backoffMs, openLogFile, privately, sleepMs } from "@percale/daemon";
import type { HealthRegistry, Logger } from "@percale/daemon";
import { BirdControl } from "./control.ts";

const DEBOUNCE_MS = 20;
const POLL_MS = 10_000;
const START_WAIT_MS = 5_000;
/** Replies to `configure`: done, under way, queued behind one. */
const CONFIGURED = new Set([3, 4, 5]);

export interface BirdOptions {
  /** Holds bird.conf, bird.ctl, bird.pid and bird.log. */
  readonly directory: string;
  readonly program: string;
  readonly log: Logger;
  readonly health: HealthRegistry;
  /** Routes of an earlier BIRD are in the kernel: start with graceful-restart recovery. */
  readonly hasOldRoutes: () => Promise<boolean>;
  readonly onChange: () => void;
}

export interface BirdState {
  readonly status: BirdStatus | undefined;
  readonly sessions: readonly SessionStatus[];
}

/**
 * One BIRD per node, outliving the agent: found again through its control socket, started where there is none, configured
 * whenever the rendered text changes. A text that BIRD refuses leaves the last good one in force.
 */
export class BirdSupervisor {
  readonly #options: BirdOptions;
  readonly #paths: { readonly conf: string; readonly ctl: string; readonly pid: string; readonly log: string };
  #wanted: BirdConfig | undefined;
  /** The text that BIRD runs, as far as we know. */
  #running: string | undefined;
  #sessions: readonly Session[] = [];
  #state: BirdState = { status: undefined, sessions: [] };
  #control: BirdControl | undefined;
  #wake: (() => void) | undefined;
  #pollSoon: NodeJS.Timeout | undefined;

  constructor(options: BirdOptions) {
    this.#options = options;
    const at = (name: string): string => join(options.directory, name);
    this.#paths = { conf: at("bird.conf"), ctl: at("bird.ctl"), pid: at("bird.pid"), log: at("bird.log") };
  }

  get state(): BirdState {
    return this.#state;
  }

  configure(config: BirdConfig): void {
    this.#wanted = config;
    this.#wake?.();
  }

  /** Keeps BIRD alive and configured until `signal` aborts; BIRD itself goes on. */
  async run(signal: AbortSignal): Promise<void> {
    const { directory, log, health } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const abort = (): void => this.#wake?.();
    signal.addEventListener("abort", abort);
    for (let failures = 0; !signal.aborted;) {
      try {
        if (this.#wanted !== undefined) await this.#pass(this.#wanted);
        failures = 0;
        health.clear("BirdDown");
        await this.#changed(POLL_MS);
        if (!signal.aborted) await sleepMs(DEBOUNCE_MS, signal);
      } catch (error) {
        failures++;
        this.#drop();
        log.warn("BIRD is not in order", { error, failures });
        health.set({
          code: "BirdDown",
          severity: "error",
          title: "BIRD does not run",
          detail: String(error),
          advice: `See ${this.#paths.log}; is bird 2.0.12 or later installed?`,
        });
        await sleepMs(backoffMs(failures), signal);
      }
    }
    this.#drop();
  }

  /** Ends BIRD for good: peers withdraw its routes. */
  async stop(): Promise<void> {
    const control = await BirdControl.open(this.#paths.ctl).catch(() => undefined);
    await control?.command("down").catch(() => undefined);
    control?.close();
  }

  async #pass(wanted: BirdConfig): Promise<void> {
    const isAccepted = wanted.text === this.#running || (await this.#write(wanted));
    const control = this.#control ?? (await this.#attach());
    if (isAccepted && wanted.text !== this.#running) {
      const { code, lines } = await control.command("configure");
      if (!CONFIGURED.has(code)) throw new Error(`configure: ${lines.map(({ text }) => text).join(" ")}`);
      this.#running = wanted.text;
      this.#options.log.info("BIRD configured", { sessions: wanted.sessions.length, rejected: wanted.rejected.length });
    }
    this.#sessions = wanted.sessions;
    await this.#poll(control);
  }

  /** Checks the text with BIRD itself and puts it in place; false if it was refused and the last good one stays. */
  async #write(config: BirdConfig): Promise<boolean> {
    const { program, health, log } = this.#options;
    const next = `${this.#paths.conf}.new`;
    await writeFile(next, config.text, { mode: 0o600 });
    try {
      await promisify(execFile)(program, ["-p", "-c", next]);
    } catch (error) {
      if (isMissing(error)) throw new Error(`${program} is not installed`, { cause: error });
      const words = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      const line = Number(/:(\d+):\d+/.exec(words)?.[1] ?? 0);
      const ref = config.objectAtLine(line);
      log.error("BIRD refuses the configuration", { words, ref });
      health.set({
        code: "BirdConfigRefused",
        severity: "error",
        title: "BIRD refuses the configuration",
        detail: words,
        advice: "The last good one stays in force; correct the object it names.",
        ...(ref !== undefined && { ref }),
      });
      return false;
    }
    for (const { code, ref } of health.list()) if (code === "BirdConfigRefused") health.clear(code, ref);
    await rename(next, this.#paths.conf);
    return true;
  }

  /** The running BIRD, or a new one. */
  async #attach(): Promise<BirdControl> {
    const { log } = this.#options;
    let control = await this.#connect().catch(() => undefined);
    if (control === undefined) {
      await this.#start();
      control = await this.#connectWithin(START_WAIT_MS);
      this.#running = await readFile(this.#paths.conf, "utf8");
      log.info("BIRD started", { pid: await this.#pid() });
    } else if (this.#running === undefined) {
      log.info("BIRD found running", { pid: await this.#pid() });
    }
    this.#control = control;
    control.onClose(() => {
      if (this.#control !== control) return;
      this.#drop();
      this.#wake?.();
    });
    await chmod(this.#paths.ctl, 0o600); // BIRD makes it the group's, whatever the mask
    await control.command("echo all 65536").catch(() => undefined);
    return control;
  }

  async #start(): Promise<void> {
    const { program, hasOldRoutes } = this.#options;
    const { conf, ctl, pid, log } = this.#paths;
    await rm(ctl, { force: true });
    const output = openLogFile(log);
    try {
      // Waiting for peers' End-of-RIB is only worth it where there are routes to keep.
      const recovery = (await hasOldRoutes()) ? ["-R"] : [];
      // Its pid file has whatever mode the mask leaves.
      const child = privately(() =>
        spawn(program, ["-f", ...recovery, "-c", conf, "-s", ctl, "-P", pid], {
          detached: true, // it must outlive us: its routes and sessions do not depend on the agent
          stdio: ["ignore", output, output],
          env: { ...process.env, TZ: "UTC" },
        }),
      );
      child.on("error", (error) => this.#options.log.error("BIRD does not start", { error }));
      child.on("exit", (code, signal) => this.#options.log.warn("BIRD ended", { code, signal }));
      child.unref();
    } finally {
      closeSync(output);
    }
  }

  async #connect(): Promise<BirdControl> {
    return BirdControl.open(this.#paths.ctl, (line) => {
      if (/state changed|established|closed/i.test(line)) this.#pollAfterEvent();
    });
  }

  async #connectWithin(ms: number): Promise<BirdControl> {
    for (const until = Date.now() + ms; ;) {
      try {
        return await this.#connect();
      } catch (error) {
        if (Date.now() > until) throw new Error(`BIRD does not answer on ${this.#paths.ctl}`, { cause: error });
        await sleepMs(20);
      }
    }
  }

  #pollAfterEvent(): void {
    this.#pollSoon ??= setTimeout(() => {
      this.#pollSoon = undefined;
      if (this.#control !== undefined) this.#poll(this.#control).catch(() => this.#wake?.());
    }, 50);
  }

  async #poll(control: BirdControl): Promise<void> {
    const [status, protocols] = await Promise.all([
      control.command("show status"),
      control.command("show protocols all"),
    ]);
    const before = JSON.stringify(this.#state);
    this.#state = { status: birdStatusOf(status), sessions: bgpSessionsOf(protocols, this.#sessions) };
    if (JSON.stringify(this.#state) !== before) this.#options.onChange();
  }

  #drop(): void {
    clearTimeout(this.#pollSoon);
    this.#pollSoon = undefined;
    this.#control?.close();
    this.#control = undefined;
    this.#running = undefined;
    if (this.#state.status === undefined) return;
    this.#state = { status: undefined, sessions: bgpSessionsOf({ lines: [], code: 0 }, this.#sessions) };
    this.#options.onChange();
  }

  async #changed(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }

  async #pid(): Promise<number> {
    return Number(await readFile(this.#paths.pid, "utf8").catch(() => "0"));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
