import { setTimeout as delay } from "node:timers/promises";
import type { Fleet } from "./fleet.ts";
import { Client } from "./http.ts";
import type { Answer } from "./http.ts";
import type { Listed } from "./laws.ts";
import type { Asked, Operation, Told } from "./register.ts";
import type { Seen, Selection } from "./truth.ts";

const NAMESPACE = "torture";
export const PATH = `/apis/projectcalico.org/v3/namespaces/${NAMESPACE}/networksets`;
export const COLOURS = ["red", "blue"] as const;
const REST_MS = 20;

/** All that clients did in a round. */
export interface Deeds {
  readonly operations: Map<string, Operation[]>;
  /** Values of change sets of two objects. */
  readonly pairs: Set<string>;
  readonly lists: Listed[];
}

export interface ClientOptions {
  readonly fleet: Fleet;
  readonly random: () => number;
  /** Objects that all clients fight over. */
  readonly names: readonly string[];
  /** No two values of a run are the same. */
  readonly newValue: () => string;
  readonly deeds: Deeds;
  readonly signal: AbortSignal;
}

/** Asks one thing after the other, of whichever server, until the round ends. */
export async function runClient({ fleet, random, names, newValue, deeds, signal }: ClientOptions): Promise<void> {
  const client = new Client();
  /** The newest version that it saw of each object; updates may be late on purpose. */
  const versions = new Map<string, number>();
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

  const one = async (): Promise<void> => {
    const name = pick(names);
    const asked = ask(random, newValue, versions.get(name));
    const door = await fleet.door(Math.floor(random() * fleet.size));
    const from = performance.now();
    const told = toldBy(asked, await client.call(door, callOf(name, asked, pick(COLOURS))));
    const to = told.outcome === "maybe" ? Number.POSITIVE_INFINITY : performance.now();
    if ("version" in told) versions.set(name, told.version);
    if (told.outcome === "maybe" && asked.verb === "read") return;
    deeds.operations.get(name)!.push({ asked, told, from, to });
  };
  const pair = async (): Promise<void> => {
    const value = newValue();
    deeds.pairs.add(value);
    const changes = ["left", "right"].map((side) => ({
      op: "create",
      object: networkSet(`${side}-${value}`, value, pick(COLOURS)),
    }));
    const door = await fleet.door(Math.floor(random() * fleet.size));
    await client.call(door, { method: "POST", path: "/changesets/v1", body: { changes } });
  };
  const list = async (): Promise<void> => {
    const door = await fleet.door(Math.floor(random() * fleet.size));
    const listed = await listWith(client, door, { selection: pick([undefined, ...COLOURS]), paged: random() < 0.5 });
    if (listed !== undefined) deeds.lists.push(listed);
  };

  while (!signal.aborted) {
    const dice = random();
    await (dice < 0.03 ? list() : dice < 0.06 ? pair() : one());
    await delay(random() * REST_MS);
  }
  client.close();
}

function ask(random: () => number, newValue: () => string, version: number | undefined): Asked {
  const dice = random();
  if (dice < 0.4) return { verb: "read" };
  if (dice < 0.6 || (version === undefined && dice < 0.9)) return { verb: "create", value: newValue() };
  if (dice < 0.75) return { verb: "patch", value: newValue() };
  if (version === undefined) return { verb: "delete" };
  if (dice < 0.93) return { verb: "update", value: newValue(), version };
  return random() < 0.5 ? { verb: "delete" } : { verb: "delete", version };
}

export function networkSet(name: string, value: string, colour: string, version?: number) {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkSet",
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { value, colour },
      ...(version !== undefined && { resourceVersion: String(version) }),
    },
    spec: { nets: ["198.51.100.1/32"] },
  };
}

function callOf(name: string, asked: Asked, colour: string) {
  const path = `${PATH}/${name}`;
  switch (asked.verb) {
    case "read":
      return { path };
    case "create":
      return { method: "POST", path: PATH, body: networkSet(name, asked.value, colour) };
    case "update":
      return { method: "PUT", path, body: networkSet(name, asked.value, colour, asked.version) };
    case "patch": {
      const labels = { value: asked.value, colour };
      return { method: "PATCH", path, body: { metadata: { labels } }, type: "application/merge-patch+json" };
    }
    case "delete": {
      const preconditions = asked.version === undefined ? {} : { resourceVersion: String(asked.version) };
      return { method: "DELETE", path, body: { kind: "DeleteOptions", apiVersion: "v1", preconditions } };
    }
  }
}

/** An answer that is neither yes nor a plain no leaves it open. */
function toldBy(asked: Asked, answer: Answer | undefined): Told {
  const { code = 0, body: said } = answer ?? {};
  if (code === 200 || code === 201) {
    if (asked.verb === "delete") return { outcome: "deleted" };
    const { version, value } = seen(said as KubeSet);
    return asked.verb === "read" ? { outcome: "read", version, value } : { outcome: "written", version };
  }
  if (code === 404) return { outcome: "missing" };
  if (code === 409) return { outcome: (said as { reason: string }).reason === "AlreadyExists" ? "exists" : "conflict" };
  if (code !== 0 && code < 500 && code !== 429)
    throw new Error(`${asked.verb} was answered ${code}: ${JSON.stringify(said)}`);
  return { outcome: "maybe" };
}

export interface KubeSet {
  readonly metadata: {
    readonly name?: string;
    readonly resourceVersion: string;
    readonly labels?: { readonly value: string; readonly colour: string };
  };
}

interface KubeList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeSet[];
}

export function seen({ metadata: { labels, resourceVersion } }: KubeSet): Seen {
  return { value: labels?.value ?? "", colour: labels?.colour ?? "", version: Number(resourceVersion) };
}

/** Undefined if the server could not say. */
export async function listWith(
  client: Client,
  door: Parameters<Client["call"]>[0],
  { selection, paged = false, revision }: { selection: Selection; paged?: boolean; revision?: number },
): Promise<Listed | undefined> {
  const query = new URLSearchParams({
    ...(selection !== undefined && { labelSelector: `colour=${selection}` }),
    ...(paged && { limit: "7" }),
    ...(revision !== undefined && { resourceVersion: String(revision), resourceVersionMatch: "Exact" }),
  });
  const objects = new Map<string, Seen>();
  for (let page = 1; ; page++) {
    const answer = await client.call(door, { path: `${PATH}?${query}` });
    if (answer?.code !== 200) return undefined;
    const { metadata, items } = answer.body as KubeList;
    for (const item of items) objects.set(item.metadata.name!, seen(item));
    if (metadata.continue === undefined || metadata.continue === "") {
      const how = revision !== undefined ? "an exact list" : paged ? `a list of ${page} pages` : "a list";
      return { how, selection, revision: Number(metadata.resourceVersion), objects };
    }
    query.delete("resourceVersion");
    query.delete("resourceVersionMatch");
    query.set("continue", metadata.continue);
  }
}
