import { derivedName, isHashedName } from "../derived-name.ts";

/** What a workload endpoint's name is made of. */
export interface WorkloadEndpointParts {
  readonly orchestrator: string;
  readonly node: string;
  readonly endpoint: string;
  readonly pod?: string | undefined;
  readonly containerID?: string | undefined;
  readonly workload?: string | undefined;
}

/** Whoever runs these chooses any text; the other parts are names of objects already. */
const FREE_PARTS = new Set(["containerID", "endpoint"]);

/**
 * `<node>-<orchestrator>-<workload>-<endpoint>`, every part's `-` doubled, so that the name can be taken apart again; where that
 * is no name for an object (too long, capitals, `_`), a readable beginning of it and a hash of the parts.
 * Source: projectcalico/calico `libcalico-go/lib/names/workloadendpoint.go`.
 */
export function workloadEndpointName(
  spec: WorkloadEndpointParts,
): { readonly name: string } | { readonly part: string; readonly fault: string } {
  const key = workloadKey(spec.orchestrator);
  const parts = [
    { part: "node", text: spec.node },
    { part: "orchestrator", text: spec.orchestrator },
    key === undefined ? { part: "workload", text: "libnetwork" } : { part: key, text: spec[key] ?? "" },
    { part: "endpoint", text: spec.endpoint },
  ];
  const isTorn = ({ text }: { readonly text: string }): boolean => /^-|-$/.test(text);
  for (const { part, text } of parts) {
    if (text === "") return { part, fault: "is required: the endpoint's name is made of it" };
    if (isTorn({ text }) && !FREE_PARTS.has(part))
      return { part, fault: `must not start or end with -, got ${JSON.stringify(text)}` };
  }
  const identity = JSON.stringify(parts.map(({ text }) => text));
  const joined = parts.map(({ text }) => text.replaceAll("-", "--")).join("-");
  // With a dash at an end of a part two texts could be joined alike: `_` keeps that from standing as it is.
  return { name: derivedName(parts.some(isTorn) ? `${joined}_` : joined, identity) };
}

/** The parts of a name; `workload` is the pod, the container or the workload, as the orchestrator has it. Undefined if it is no such name, or a hashed one. */
export function parseWorkloadEndpointName(
  name: string,
):
  | { readonly node: string; readonly orchestrator: string; readonly workload: string; readonly endpoint: string }
  | undefined {
  if (isHashedName(name)) return undefined;
  const parts = name.split(/(?<!-)-(?!-)/).map((part) => part.replaceAll("--", "-"));
  if (parts.length !== 4 || parts.includes("")) return undefined;
  const [node, orchestrator, workload, endpoint] = parts as [string, string, string, string];
  return { node, orchestrator, workload, endpoint };
}

function workloadKey(orchestrator: string): "pod" | "containerID" | "workload" | undefined {
  switch (orchestrator) {
    case "k8s":
      return "pod";
    case "cni":
      return "containerID";
    case "libnetwork":
      return undefined;
    default:
      return "workload";
  }
}
