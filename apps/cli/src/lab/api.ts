/** The lab's own door to the API: its objects by REST, its measurements by tRPC. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeObject } from "@percale/resources";
import type { CliConfig } from "../config.ts";
import { apiSocket } from "./places.ts";
import type { Access } from "../rest/client.ts";
import { readKubeconfig } from "../access/read-kubeconfig.ts";
import { call, messageOf, send } from "../rest/client.ts";
import type { Kind } from "../rest/kinds.ts";
import { discoverKinds, findKind, OUR_ROOT, pathOf } from "../rest/kinds.ts";
import { mutate } from "../rest/trpc.ts";

const RETRY_MS = 300;

/** By the unix socket: a rootless lab's own network has no way to the machine's loopback. */
export function labAccess({ kubeconfig, dataDir }: CliConfig): Access {
  return { ...readKubeconfig(kubeconfig), socketPath: apiSocket(dataDir) };
}

/** Waits until the API serves requests, however long that takes. */
export async function waitForApi(config: CliConfig, signal: AbortSignal): Promise<Access> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const access = labAccess(config);
      const { status } = await send(access, "GET", "/readyz");
      if (status === 200) return access;
    } catch {
      // not there yet: neither the file nor the listener may be
    }
    await delay(RETRY_MS, undefined, { signal });
  }
}

/** Makes what is missing as one change set, so that it is one line of the log; what exists stays as it is. Returns how many were made. */
export async function createMissing(access: Access, objects: readonly KubeObject[]): Promise<number> {
  const kinds = await discoverKinds(access);
  const missing: KubeObject[] = [];
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    const reply = await send(access, "GET", pathOf(findKind(kinds, object.kind), namespace, name));
    if (reply.status === 404) missing.push(object);
    else if (reply.status >= 400) throw new Error(`read ${object.kind} ${name}: ${messageOf(reply)}`);
  }
  if (missing.length === 0) return 0;
  const changes = missing.map((object) => ({ op: "create", object }));
  await call(access, "POST", "/changesets/v1", { body: { changes, reason: "the lab starts" } });
  return missing.length;
}

/** True once per database: the starting policies are a person's to change afterwards. */
export async function isFirstTime(access: Access): Promise<boolean> {
  const tiers = await listOf(access, "tiers");
  return !tiers.some(({ metadata }) => metadata.name === "security" || metadata.name === "platform");
}

export async function listOf(access: Access, plural: string, namespace?: string): Promise<readonly KubeObject[]> {
  const kind: Kind = findKind(await discoverKinds(access), plural);
  const list = (await call(access, "GET", pathOf(kind, namespace))) as { readonly items: readonly KubeObject[] };
  return list.items;
}

/** A token for each node's agent: the one it had, if the server still takes it, else a new one. Returns the file. */
export async function ensureNodeToken(
  access: Access,
  options: { readonly node: string; readonly folder: string },
): Promise<string> {
  const { node, folder } = options;
  const path = join(folder, `${node}.token`);
  if (existsSync(path) && (await isAccepted(access, readFileSync(path, "utf8").trim()))) return path;
  const input = { subject: `system:node:${node}`, groups: ["system:nodes"], description: "agent of the lab" };
  const { token } = (await mutate(access, "access.createToken", input)) as { readonly token: string };
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  return path;
}

async function isAccepted(access: Access, token: string): Promise<boolean> {
  return (await send({ ...access, token, cert: undefined, key: undefined }, "GET", OUR_ROOT)).status < 400;
}
