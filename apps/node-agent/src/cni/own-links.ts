import { isKernelError, netnsIdentity } from "@percale/kernel";
import type { Link, Rtnetlink } from "@percale/kernel";
import type { Attachment, Attachments } from "./attachments.ts";
import { CniCode } from "@percale/protocol";
import { CniError } from "./errors.ts";
import { linkMark } from "./identity.ts";
import type { EndpointIdentity } from "./identity.ts";
import type { CniRequest } from "./request.ts";

type Id = Pick<CniRequest, "containerID" | "ifName">;

/** Code 8 for the node's own namespace: its default route and its interfaces are no container's. CNI_NETNS_OVERRIDE insists. */
export function refuseOwnNetns({ netns, netnsOverride }: Pick<CniRequest, "netns" | "netnsOverride">): void {
  if (netnsOverride || identityOf(netns) !== netnsIdentity()) return;
  throw new CniError(CniCode.netns, "CNI_NETNS is the node's own network namespace", netns);
}

/** undefined if the path leads nowhere. */
export function identityOf(netns: string): string | undefined {
  try {
    return netns === "" ? undefined : netnsIdentity(netns);
  } catch {
    return undefined;
  }
}

/** The end on the node of what we made for this container's interface, under whatever name it has now. */
export async function ownLink(host: Rtnetlink, id: Id, names: readonly string[]): Promise<Link | undefined> {
  const mark = linkMark(id);
  for (const name of names) {
    const link = await host.link(name);
    if (link?.alias === mark) return link;
  }
  return (await host.links()).find(({ alias }) => alias === mark);
}

/**
 * The name for the interface on the node, and the link to replace if one of the same endpoint bears it. Never one of somebody
 * else's. The name is added to `reserved`: whoever has recorded it, or failed, takes it out.
 */
export async function chooseHostInterface(options: {
  readonly host: Rtnetlink;
  readonly attachments: Attachments;
  readonly request: Id;
  readonly identity: EndpointIdentity;
  /** Names that running requests have chosen. */
  readonly reserved: Set<string>;
  /** Container that the stored endpoint belongs to. */
  readonly endpointContainer: string | undefined;
}): Promise<{ readonly name: string; readonly replaces: Link | undefined }> {
  const { host, attachments, request, identity, reserved, endpointContainer } = options;
  const { ifName } = request;
  const isSameEndpoint = ({ namespace, endpoint }: Attachment): boolean =>
    namespace === identity.namespace && endpoint === identity.name;
  const marks = new Set([
    linkMark(request),
    ...attachments.list().filter(isSameEndpoint).map(linkMark),
    ...(endpointContainer === undefined ? [] : [linkMark({ containerID: endpointContainer, ifName })]),
  ]);
  for (const name of identity.interfaceNames) {
    if (reserved.has(name)) continue;
    if (attachments.list().some((known) => known.hostInterface === name && !isSameEndpoint(known))) continue;
    reserved.add(name); // before the first wait: another request must not choose it meanwhile
    const link = await host.link(name);
    if (link === undefined || marks.has(link.alias ?? "")) return { name, replaces: link };
    reserved.delete(name);
  }
  throw new CniError(
    CniCode.taken,
    "every name that the workload's interface could have on the node belongs to somebody else",
    identity.interfaceNames.join(" "),
  );
}

export async function deleteLinkIfThere(netlink: Rtnetlink, index: number): Promise<void> {
  try {
    await netlink.deleteLink(index);
  } catch (error) {
    if (!isKernelError(error, "ENODEV")) throw error;
  }
}
