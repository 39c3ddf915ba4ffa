import { tryParseAddress } from "@percale/net";
import type { Evaluator, Peer } from "@percale/policy";
import { badRequest, Node, WorkloadEndpoint } from "@percale/resources";

const MAX_NAMED = 10;

/** One end of a question as our own lists name it: an address, `node:NAME` or `namespace/NAME` of an endpoint. */
export function exactPeer(text: string): Peer {
  const slash = text.indexOf("/");
  if (text.startsWith("node:")) return { node: text.slice("node:".length) };
  return slash < 0 ? { ip: text } : { endpoint: { namespace: text.slice(0, slash), name: text.slice(slash + 1) } };
}

/**
 * One end of a question as a person names it: an address, `node:NAME`, `namespace/NAME` or `NAME`, where a workload's name is its
 * endpoint's, its pod's or its container's. Throws StatusError 400 with what there is, for a name that nobody has or several do.
 */
export function peerOf(text: string, { objects }: Pick<Evaluator, "objects">): Peer {
  if (text.startsWith("node:") || tryParseAddress(text) !== undefined) return exactPeer(text);
  const slash = text.indexOf("/");
  const [namespace, name] = slash < 0 ? [undefined, text] : [text.slice(0, slash), text.slice(slash + 1)];
  if (namespace !== undefined && objects.get({ kind: WorkloadEndpoint.kind, namespace, name }) !== undefined)
    return { endpoint: { namespace, name } };
  const endpoints = [...objects.list(WorkloadEndpoint.kind, namespace)] as WorkloadEndpoint[];
  const exact = endpoints.filter(({ metadata }) => metadata.name === name);
  const found =
    exact.length > 0
      ? exact
      : endpoints.filter(({ spec }) => [spec.pod, spec.workload, spec.containerID].includes(name));
  const [first, ...others] = found;
  if (first === undefined) {
    if (namespace === undefined && objects.get({ kind: Node.kind, name }) !== undefined) return { node: name };
    throw badRequest(`there is no workload, node or address ${JSON.stringify(text)}; there are ${named(endpoints)}`);
  }
  if (others.length > 0) throw badRequest(`${JSON.stringify(text)} is the name of several workloads: ${named(found)}`);
  return { endpoint: { namespace: first.metadata.namespace ?? "", name: first.metadata.name } };
}

function named(endpoints: readonly WorkloadEndpoint[]): string {
  const names = endpoints
    .map(({ metadata, spec }) => `${metadata.namespace ?? ""}/${spec.pod ?? metadata.name}`)
    .sort();
  const shown = names.slice(0, MAX_NAMED).join(", ");
  return names.length === 0
    ? "none yet"
    : names.length > MAX_NAMED
      ? `${shown} and ${names.length - MAX_NAMED} more`
      : shown;
}
