import { createHash } from "node:crypto";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { listSetAside, readStateFile, removeStateFile, writeStateFile } from "@percale/daemon";
import { RT_TABLE_MAIN } from "@percale/kernel";
import { z } from "zod";
import type { EndpointIdentity } from "./identity.ts";
import { identityOf } from "./own-links.ts";
import type { CniRequest } from "./request.ts";

const text = z.string().min(1);

/** What the daemon knows about one container's interface; survives restarts. */
const attachment = z.strictObject({
  containerID: text,
  ifName: text,
  network: text,
  handle: text,
  namespace: text,
  endpoint: text,
  pod: z.strictObject({ namespace: text, name: text, uid: z.string().exactOptional() }).exactOptional(),
  netns: text,
  /** Which namespace the path led to: the path may lead to another one some day. */
  netnsId: z.string(),
  hostInterface: text,
  mac: text,
  mtuBytes: z.int(),
  addresses: z.array(text).readonly(),
  /** Table of its routes in the container. */
  routeTable: z.int(),
  allowIpForwarding: z.boolean(),
});
export type Attachment = Readonly<z.output<typeof attachment>>;

/** As it is recorded before anything is made; the table of its routes is known later. */
export function attachmentOf(options: {
  readonly request: CniRequest;
  readonly identity: EndpointIdentity;
  readonly hostInterface: string;
  readonly mac: string;
  readonly addresses: readonly string[];
}): Attachment {
  const { request, identity, hostInterface, mac, addresses } = options;
  return {
    containerID: request.containerID,
    ifName: request.ifName,
    netns: request.netns,
    network: request.network,
    handle: identity.handle,
    namespace: identity.namespace,
    endpoint: identity.name,
    hostInterface,
    netnsId: identityOf(request.netns) ?? "",
    routeTable: RT_TABLE_MAIN,
    allowIpForwarding: request.config.container_settings.allow_ip_forwarding,
    mac,
    mtuBytes: request.config.mtu,
    addresses,
    ...(request.pod !== undefined && { pod: request.pod }),
  };
}

/** Attachments by container and interface, one file each. A file that cannot be read is set aside and told: it must not keep the agent from starting. */
export class Attachments {
  readonly directory: string;
  readonly #byKey = new Map<string, Attachment>();

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(directory: string, onBad: (aside: string, error: unknown) => void): Promise<Attachments> {
    const table = new Attachments(directory);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      if (name.startsWith(".") || !name.endsWith(".json")) continue;
      const path = join(directory, name);
      const known = await readStateFile(path, (data) => attachment.parse(JSON.parse(data.toString("utf8"))), onBad);
      if (known === undefined) continue;
      if (path !== table.#path(known)) await rename(path, table.#path(known));
      table.#byKey.set(attachmentKey(known), known);
    }
    return table;
  }

  get(containerID: string, ifName: string): Attachment | undefined {
    return this.#byKey.get(attachmentKey({ containerID, ifName }));
  }

  list(): Attachment[] {
    return [...this.#byKey.values()];
  }

  async setAside(): Promise<string[]> {
    return listSetAside(this.directory);
  }

  async put(known: Attachment): Promise<void> {
    await writeStateFile(this.#path(known), JSON.stringify(known));
    this.#byKey.set(attachmentKey(known), known);
  }

  async delete(id: AttachmentId): Promise<void> {
    if (!this.#byKey.delete(attachmentKey(id))) return;
    await removeStateFile(this.#path(id));
  }

  #path(id: AttachmentId): string {
    return join(this.directory, `${attachmentFileName(id)}.json`);
  }
}

export type AttachmentId = Pick<Attachment, "containerID" | "ifName">;

/** Neither part has a space. */
export function attachmentKey({ containerID, ifName }: AttachmentId): string {
  return `${containerID} ${ifName}`;
}

/** Neither part has a colon; a file's name holds 255 bytes. */
export function attachmentFileName({ containerID, ifName }: AttachmentId): string {
  const isLong = containerID.length > MAX_READABLE_ID;
  return `${isLong ? createHash("sha256").update(containerID).digest("hex") : containerID}:${ifName}`;
}

const MAX_READABLE_ID = 200;
