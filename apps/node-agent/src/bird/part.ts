import type { Logger, Registry } from "@percale/daemon";
import { openRtnetlink, RTPROT_BIRD } from "@percale/kernel";
import type { AgentPart, StreamStep } from "../part.ts";
import type { RaisedCondition } from "@percale/protocol";
import type { HeldObjects } from "../sync/held.ts";
import { bgpInputs, touchesBgp } from "./inputs.ts";
import { BirdSupervisor } from "./supervisor.ts";
import { BgpWatch, exportBgp } from "./watch.ts";
import type { BgpState } from "./watch.ts";

const MAIN_TABLE = 254;

export interface BgpOptions {
  readonly node: string;
  readonly directory: string;
  readonly program: string;
  /** Leave BIRD running when the agent stops. */
  readonly keep: boolean;
  readonly held: () => Pick<HeldObjects, "objects">;
  readonly log: Logger;
  readonly changed: () => void;
}

/** BGP on this node: BIRD, kept running and configured from what the stream holds. */
export class Bgp implements AgentPart {
  readonly name = "bgp";
  readonly #options: BgpOptions;
  readonly #bird: BirdSupervisor;
  readonly #watch: BgpWatch;
  #isDue = false;

  constructor(options: BgpOptions) {
    const { directory, program, log, changed } = options;
    this.#options = options;
    this.#bird = new BirdSupervisor({ directory, program, log, hasOldRoutes, onChange: changed });
    this.#watch = new BgpWatch(() => this.#bird.state);
  }

  /** What is reported now: looks at BIRD's last answer and at the kernel's counters. */
  look(): BgpState {
    return this.#watch.look();
  }

  metrics(registry: Registry): void {
    exportBgp(registry, () => this.look().sessions);
  }

  /** Steps that come together make one configuration. */
  step(step: StreamStep): void {
    if (this.#isDue || !touchesBgp(step)) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#bird.configure(bgpInputs(this.#options.node, this.#options.held().objects.values()));
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#bird.run(signal);
  }

  conditions(): RaisedCondition[] {
    return this.#bird.conditions();
  }

  problem(): string | undefined {
    return this.#bird.problem;
  }

  async stop(): Promise<void> {
    if (!this.#options.keep) await this.#bird.stop();
  }
}

/** Routes of an earlier BIRD are in this kernel. */
async function hasOldRoutes(): Promise<boolean> {
  const netlink = openRtnetlink();
  try {
    return (await netlink.routes({ table: MAIN_TABLE })).some(({ protocol }) => protocol === RTPROT_BIRD);
  } finally {
    netlink.close();
  }
}
