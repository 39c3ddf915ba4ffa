import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RT_TABLE_MAIN } from "@percale/kernel";
import type { EndpointIdentity } from "./identity.ts";
import { identityOf } from "./own-links.ts";
import type { CniRequest } from "./request.ts";
import type { AttachedInterface } from "./result.ts";

/** What the daemon knows about one container's interface; survives restarts. */
export interface Attachment extends AttachedInterface {
  readonly containerID: string;
  readonly network: string;
  readonly handle: string;
  readonly namespace: string;
  readonly endpoint: string;
  readonly pod?: CniRequest["pod"];
  /** Which namespace the path led to: the path may lead to another one some day. */
  readonly netnsId: string;
  /** Table of its routes in the container. */
  readonly routeTable: number;
  readonly allowIpForwarding: boolean;
}

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

/** Attachments by container and interface, one file each, written whole. */
export class Attachments {
  readonly #directory: string;
  readonly #byKey = new Map<string, Attachment>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(directory: string): Promise<Attachments> {
    const table = new Attachments(directory);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      if (!name.endsWith(".json")) continue;
      const attachment = JSON.parse(await readFile(join(directory, name), "utf8")) as Attachment; // written by us, whole
      table.#byKey.set(attachmentKey(attachment), attachment);
    }
    return table;
  }

  get(containerID: string, ifName: string): Attachment | undefined {
    return this.#byKey.get(attachmentKey({ containerID, ifName }));
  }

  list(): Attachment[] {
    return [...this.#byKey.values()];
  }

  async put(attachment: Attachment): Promise<void> {
    const path = this.#path(attachment);
    await writeFile(`${path}.new`, JSON.stringify(attachment), { mode: 0o600 });
    await rename(`${path}.new`, path);
    this.#byKey.set(attachmentKey(attachment), attachment);
  }

  async delete(id: { readonly containerID: string; readonly ifName: string }): Promise<void> {
    this.#byKey.delete(attachmentKey(id));
    await rm(this.#path(id), { force: true });
  }

  #path({ containerID, ifName }: { readonly containerID: string; readonly ifName: string }): string {
    return join(this.#directory, `${containerID}.${ifName}.json`);
  }
}

/** Neither part has a space. */
export function attachmentKey({
  containerID,
  ifName,
}: {
  readonly containerID: string;
  readonly ifName: string;
}): string {
  return `${containerID} ${ifName}`;
}
