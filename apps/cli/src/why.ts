/** `percale why A B`: what decides about a packet, as the evaluator sees it. */
import type { Access } from "./rest/client.ts";
import { query } from "./rest/trpc.ts";

export interface Question {
  /** `namespace/name` of a workload endpoint, or an address. */
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
