import { runLoop, sleepMs, Wake } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Rtnetlink, RtnetlinkEvent } from "@percale/kernel";
import { condition } from "@percale/protocol";
import type { Node } from "@percale/resources";
import { ApiError } from "../api/client.ts";
import type { ApiClient } from "../api/client.ts";
import type { AgentConfig } from "../config.ts";
import type { AgentPart } from "../part.ts";
import type { RaisedCondition } from "@percale/protocol";
import { desiredNode, detectAddress } from "./node-object.ts";
import type { NodeFacts } from "./node-object.ts";

/** An address is often taken away just before it is given again. */
const SETTLE_MS = 500;
/** The kernel tells of addresses; this is for what others did to the object. */
const RESYNC_MS = 600_000;

export interface RegistrationOptions {
  readonly config: Pick<AgentConfig, "nodeName" | "ipv4Address" | "ipv6Address" | "labels">;
  readonly api: Pick<ApiClient, "get" | "apply">;
  readonly netlink: Pick<Rtnetlink, "links" | "addresses" | "monitor">;
  readonly log: Logger;
  readonly changed: () => void;
}

/**
 * This node's Node object: made once, so that a person can delete it; its addresses and labels follow the node. An address that
 * no interface has stays on the object until another comes: one that is down for a moment, or not up yet, ends no BGP session.
 */
export class Registration implements AgentPart {
  readonly name = "registration";
  readonly #options: RegistrationOptions;
  #wasMade = false;
  #failure: Error | undefined;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const wake = new Wake();
    const stopMonitor = this.#options.netlink.monitor((event) => {
      if (isOfAddresses(event)) wake.notify();
    });
    await runLoop({
      pass: async () => {
        await this.#pass();
        this.#told(undefined);
      },
      changed: async (until) => {
        await wake.wait(until);
        await sleepMs(SETTLE_MS, until);
      },
      onError: (error) => this.#told(error instanceof Error ? error : new Error(String(error))),
      signal,
      resyncMs: RESYNC_MS,
    });
    stopMonitor();
  }

  conditions(): RaisedCondition[] {
    if (this.#failure === undefined) return [];
    const error = this.#failure;
    const refused = error instanceof ApiError && error.code < 500 && !error.isConflict;
    return [condition.NodeNotRegistered({ isRefused: refused, detail: String(error) })];
  }

  async #pass(): Promise<void> {
    const { config, api, netlink, log } = this.#options;
    const stored = await api.get<Node>("nodes", config.nodeName);
    if (stored === undefined && this.#wasMade) return;
    const facts = await factsOf(config, netlink, stored);
    const object = desiredNode(facts, stored);
    if (object !== undefined) {
      const op = stored === undefined ? "create" : "update";
      await api.apply({ changes: [{ op, object }], reason: "node registered" });
      log.info("node registered", { ...facts });
    }
    this.#wasMade = true;
  }

  #told(failure: Error | undefined): void {
    if (this.#failure === failure) return;
    this.#failure = failure;
    this.#options.changed();
  }
}

/** Whether what is detected may be another address now. */
function isOfAddresses({ t }: RtnetlinkEvent): boolean {
  switch (t) {
    case "address":
    case "addressRemoved":
    case "lost":
      return true;
    case "link":
    case "linkRemoved":
    case "route":
    case "routeRemoved":
    case "neighbour":
    case "neighbourRemoved":
    case "settings":
      return false;
  }
}

/** `known`: the object whose addresses stand in for those that no interface has now. */
async function factsOf(
  config: RegistrationOptions["config"],
  netlink: RegistrationOptions["netlink"],
  known?: Node,
): Promise<NodeFacts> {
  const { nodeName, labels } = config;
  const [links, addresses] = await Promise.all([netlink.links(), netlink.addresses()]);
  const addressOf = (family: 4 | 6): string | undefined => {
    const key = `ipv${family}Address` as const;
    const given = config[key];
    return given === "none" ? undefined : (given ?? detectAddress(family, links, addresses) ?? known?.spec.bgp?.[key]);
  };
  return {
    name: nodeName,
    ipv4Address: addressOf(4),
    ipv6Address: addressOf(6),
    labels: Object.fromEntries(labels.map((label) => [label.split("=")[0]!, label.slice(label.indexOf("=") + 1)])),
  };
}
