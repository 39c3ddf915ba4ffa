/** `percale why A B`: what decides about a packet, as the evaluator sees it. */
import type { KubeObject } from "@percale/resources";
import { call } from "./rest/client.ts";
import type { Access } from "./rest/client.ts";
import { OUR_ROOT } from "./rest/kinds.ts";
import { query } from "./rest/trpc.ts";

export interface Question {
  /** A workload by name or `namespace/name`, `node:<node>`, or an address. */
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  readonly protocol: "TCP" | "UDP" | "ICMP" | "ICMPv6";
}

interface Party {
  readonly text: string;
  readonly address: string;
  readonly endpoint?: string;
}
interface Decision {
  readonly direction: "egress" | "ingress";
  readonly verdict: "allow" | "deny";
  readonly text: string;
  readonly steps: readonly {
    readonly tier?: string;
    readonly profile?: string;
    readonly action: string;
    readonly text: string;
  }[];
}
/** What `policy.explain` answers. */
export interface Explanation {
  readonly verdict: "allow" | "deny";
  readonly from: Party;
  readonly to: Party;
  readonly protocol: string;
  readonly port?: number;
  readonly decidedBy: Decision;
  readonly egress: Decision;
  readonly ingress: Decision;
  readonly revision: number;
}

export async function explain(access: Access, question: Question): Promise<Explanation> {
  return (await query(access, "policy.explain", question)) as Explanation;
}

/** The same, to the first port that the target says it serves if none was named: as a probe does. */
export async function explainToFirstPort(access: Access, question: Question): Promise<Explanation> {
  const reason = await explain(access, question);
  const [namespace, name] = reason.to.endpoint?.split("/") ?? [];
  if (question.port !== undefined || question.protocol.startsWith("ICMP") || name === undefined) return reason;
  const path = `${OUR_ROOT}/namespaces/${encodeURIComponent(namespace!)}/workloadendpoints/${encodeURIComponent(name)}`;
  // As the server's schema has it.
  const { spec } = (await call(access, "GET", path)) as KubeObject<{
    readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
  }>;
  const port = spec.ports?.find(({ protocol }) => protocol === question.protocol)?.port;
  return port === undefined ? reason : explain(access, { ...question, port });
}

/** One rung per thing looked at, both sides, the decision last on each. */
export function renderLadder(reason: Explanation): string {
  const port = reason.port === undefined ? "" : ` port ${reason.port}`;
  const head = `${reason.verdict}: ${name(reason.from)} → ${name(reason.to)}, ${reason.protocol}${port}, at revision ${reason.revision}`;
  return `${[head, ...side("leaving", reason.egress), ...side("arriving", reason.ingress)].join("\n")}\n`;
}

function side(label: string, { verdict, text, steps }: Decision): string[] {
  const rungs = steps.map(({ tier, profile, action, text: step }) => {
    const place = tier ?? (profile === undefined ? "" : `profile ${profile}`);
    return `    ${place.padEnd(16)} ${action.padEnd(6)} ${step}`;
  });
  return [`  ${label}: ${verdict}. ${text}`, ...rungs];
}

function name({ endpoint, address }: Party): string {
  return endpoint === undefined ? address : `${endpoint} (${address})`;
}
