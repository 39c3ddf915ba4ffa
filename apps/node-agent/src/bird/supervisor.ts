import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { acceptConfig, bgpSessionsOf, birdStatusOf, renderBirdConfig } from "@percale/bgp";
import type { Accepted, BgpInputs, BirdConfig, BirdStatus, Session, SessionStatus } from "@percale/bgp";
import { openLogFile, privately, runLoop, sleepMs, Wake, writeStateFile } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { RaisedCondition } from "@percale/protocol";
import { checkConfig } from "./check.ts";
import { birdConditions } from "./conditions.ts";
import { BirdControl } from "./control.ts";
import { Established } from "./established.ts";

const DEBOUNCE_MS = 20;
const POLL_MS = 10_000;
const START_WAIT_MS = 5_000;
/** Replies to `configure`: done, under way, queued behind one. */
const CONFIGURED = new Set([3, 4, 5]);

export interface BirdOptions {
  /** Holds bird.conf, bird.ctl, bird.pid, bird.log and established.json. */
  readonly directory: string;
  readonly program: string;
  readonly log: Logger;
  /** Routes of an earlier BIRD are in the kernel: start with graceful-restart recovery. */
  readonly hasOldRoutes: () => Promise<boolean>;
  /** `state`, `conditions` or `problem` may differ. */
  readonly onChange: () => void;
}

export interface BirdState {
  readonly status: BirdStatus | undefined;
  readonly sessions: readonly SessionStatus[];
}

/**
 * One BIRD per node, outliving the agent: found again through its control socket, started where there is none, configured
 * whenever the rendered text changes. Objects that BIRD refuses are left out, one by one; if it refuses what no object brings in,
 * the last good text stays in force.
 *
 *   inputs ─► accept (bird -p) ─► start, or configure ─► poll
 */
export class BirdSupervisor {
  readonly #options: BirdOptions;
  readonly #paths: Readonly<Record<"conf" | "draft" | "ctl" | "pid" | "log" | "established", string>>;
  readonly #wake = new Wake();
  #inputs: BgpInputs | undefined;
  /** What BIRD takes of the inputs that render as `#askedText`. */
  #accepted: Accepted | undefined;
  #askedText: string | undefined;
  #refusal: string | undefined;
  #fault: Error | undefined;
  /** The text that BIRD runs, as far as we know. */
  #running: string | undefined;
  /** Sessions that BIRD waits for while it recovers; undefined when it does not. */
  #awaited: ReadonlySet<string> | undefined;
  #established: Established | undefined;
  #sessions: readonly Session[] = [];
  #state: BirdState = { status: undefined, sessions: [] };
  #control: BirdControl | undefined;
  #pollSoon: NodeJS.Timeout | undefined;

  constructor(options: BirdOptions) {
    this.#options = options;
    const at = (name: string): string => join(options.directory, name);
    this.#paths = {
      conf: at("bird.conf"),
      draft: at("bird.conf.new"),
      ctl: at("bird.ctl"),
      pid: at("bird.pid"),
      log: at("bird.log"),
      established: at("established.json"),
    };
  }

  get state(): BirdState {
    return this.#state;
  }

  /** Why this node does not take part in BGP, for readiness; undefined while BIRD runs what was accepted. */
  get problem(): string | undefined {
    if (this.#fault !== undefined) return this.#fault.message;
    if (this.#state.status === undefined) return "BIRD is not running yet";
    return this.#accepted === undefined
      ? `BIRD refuses the configuration: ${this.#refusal ?? "not asked yet"}`
      : undefined;
  }

  configure(inputs: BgpInputs): void {
    this.#inputs = inputs;
    this.#wake.notify();
  }

  /** Keeps BIRD alive and configured until `signal` aborts; BIRD itself goes on. */
  async run(signal: AbortSignal): Promise<void> {
    const { directory, log } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    this.#established = await Established.open(this.#paths.established);
    await runLoop({
      pass: async () => {
        if (this.#inputs !== undefined) await this.#pass(this.#inputs);
        this.#found(undefined);
      },
      changed: async (until) => {
        await this.#wake.wait(until);
        await sleepMs(DEBOUNCE_MS, until);
      },
      onError: (error, failures) => {
        this.#drop();
        log.warn("BIRD is not in order", { error, failures });
        this.#found(error instanceof Error ? error : new Error(String(error)));
      },
      signal,
      resyncMs: POLL_MS,
    });
    this.#drop();
  }

  /** Ends BIRD for good: peers withdraw its routes. */
  async stop(): Promise<void> {
    const control = await BirdControl.open(this.#paths.ctl).catch(() => undefined);
    await control?.command("down").catch(() => undefined);
    control?.close();
  }

  async #pass(inputs: BgpInputs): Promise<void> {
    await this.#accept(inputs);
    const control = this.#control ?? (await this.#attach());
    await this.#apply(control);
    await this.#poll(control);
  }

  /** Asks BIRD what it takes of the inputs, unless they render as before. */
  async #accept(inputs: BgpInputs): Promise<void> {
    const asked = renderBirdConfig(inputs).text;
    if (asked === this.#askedText) return;
    const { program, log } = this.#options;
    const found = await acceptConfig(inputs, (text) => checkConfig(text, { program, path: this.#paths.draft }));
    await rm(this.#paths.draft, { force: true });
    this.#askedText = asked;
    this.#refusal = found.fault;
    if (found.fault === undefined) this.#accepted = found;
    const refused = [...(found.inputs.refused ?? [])];
    if (found.fault !== undefined || refused.length > 0)
      log.error("BIRD refuses what it was given", { words: found.fault, objects: Object.fromEntries(refused) });
  }

  /** What BIRD should run now: while it recovers, only sessions that it shall wait for are up. */
  #form(): BirdConfig | undefined {
    if (this.#accepted === undefined || this.#awaited === undefined) return this.#accepted?.config;
    return renderBirdConfig(this.#accepted.inputs, { awaited: this.#awaited });
  }

  async #apply(control: BirdControl): Promise<void> {
    const form = this.#form();
    if (form === undefined) return; // BIRD runs what it found on the disk
    this.#sessions = form.sessions;
    if (form.text === this.#running) return;
    await writeStateFile(this.#paths.conf, form.text);
    const { code, lines } = await control.command("configure");
    if (!CONFIGURED.has(code)) throw new Error(`configure: ${lines.map(({ text }) => text).join(" ")}`);
    this.#running = form.text;
    this.#options.log.info("BIRD configured", { sessions: form.sessions.length, rejected: form.rejected.length });
  }

  /** What of it needs a person now. */
  conditions(): RaisedCondition[] {
    const { sessions } = this.#state;
    const awaited = this.#awaited;
    return birdConditions({
      fault: this.#fault,
      refusal: this.#refusal,
      rejected: this.#accepted?.config.rejected ?? [],
      recovery:
        awaited === undefined
          ? undefined
          : { awaited: sessions.filter((_, i) => awaited.has(this.#sessions[i]?.name ?? "")) },
      logPath: this.#paths.log,
    });
  }

  #found(fault: Error | undefined): void {
    this.#fault = fault;
    this.#options.onChange();
  }

  /** The running BIRD, or a new one. */
  async #attach(): Promise<BirdControl> {
    const { log } = this.#options;
    let control = await this.#connect().catch((error: unknown) => {
      if (isNobodyThere(error)) return undefined;
      throw error; // a second one beside it would only take its place
    });
    if (control === undefined) {
      await this.#start();
      control = await this.#connectWithin(START_WAIT_MS);
      this.#running = await readFile(this.#paths.conf, "utf8");
      log.info("BIRD started", { pid: await this.#pid() });
    } else if (this.#running === undefined) {
      // The agent before us may have left it in the middle of a recovery.
      const { isRecovering } = birdStatusOf(await control.command("show status"));
      this.#awaited = isRecovering ? this.#established?.recent() : undefined;
      log.info("BIRD found running", { pid: await this.#pid(), isRecovering });
    }
    this.#control = control;
    control.onClose(() => {
      if (this.#control !== control) return;
      this.#drop();
      this.#wake.notify();
    });
    await chmod(this.#paths.ctl, 0o600); // BIRD makes it the group's, whatever the mask
    await control.command("echo all 65536").catch(() => undefined);
    return control;
  }

  async #start(): Promise<void> {
    const { program, hasOldRoutes } = this.#options;
    const { conf, ctl, pid, log } = this.#paths;
    await rm(ctl, { force: true });
    // Waiting for peers is only worth it where there are routes to keep, and only for those that had ours.
    const isRecovery = await hasOldRoutes();
    this.#awaited = isRecovery ? this.#established?.recent() : undefined;
    const form = this.#form();
    if (form !== undefined) await writeStateFile(conf, form.text);
    else if (this.#refusal !== undefined && (await readFile(conf).catch(() => undefined)) === undefined)
      throw new Error(`BIRD refuses the configuration, and there is no earlier one: ${this.#refusal}`);
    const output = openLogFile(log);
    try {
      const recovery = isRecovery ? ["-R"] : [];
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
      if (this.#control !== undefined) this.#poll(this.#control).catch(() => this.#wake.notify());
    }, 50);
  }

  async #poll(control: BirdControl): Promise<void> {
    const [status, protocols] = await Promise.all([
      control.command("show status"),
      control.command("show protocols all"),
    ]);
    const before = JSON.stringify(this.#state);
    const sessions = bgpSessionsOf(protocols, this.#sessions);
    this.#state = { status: birdStatusOf(status), sessions };
    await this.#established?.note(sessions.map((one, i) => ({ name: this.#sessions[i]!.name, status: one }))); // one for each
    if (this.#awaited !== undefined && this.#state.status?.isRecovering === false) {
      this.#awaited = undefined; // everybody else may come up now
      this.#wake.notify();
    }
    if (JSON.stringify(this.#state) === before) return;
    this.#options.onChange();
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

  async #pid(): Promise<number> {
    return Number(await readFile(this.#paths.pid, "utf8").catch(() => "0"));
  }
}

/** Told from a BIRD that hangs. */
function isNobodyThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED");
}
