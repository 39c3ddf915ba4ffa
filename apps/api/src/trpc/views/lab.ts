import type { MatrixPort } from "./decisions.ts";

export interface ProbeResult {
  readonly from: string;
  readonly to: string;
  readonly port?: number | undefined;
  readonly proto: string;
  readonly allowed: boolean;
  readonly at: string;
  readonly latencyMs?: number | undefined;
  /** When its outcome last changed, if it did since the pair is probed. */
  readonly flippedAt?: string | undefined;
}

export interface LabWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly node?: string | undefined;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly protocol: string; readonly name?: string | undefined }[];
}

export interface LabMatrixView {
  /** Absent before the first report. */
  readonly reportedAt?: string;
  readonly workloads: readonly LabWorkload[];
  readonly probes: readonly ProbeResult[];
}

/** What packets of the lab met, and what the evaluator says that they should. */
export interface JudgedProbe extends MatrixPort {
  readonly source: string;
  readonly destination: string;
  readonly allowed: boolean;
  /** RFC 3339 of the newest probe. */
  readonly at: string;
  /** When its outcome last changed, if it did since the pair is probed. */
  readonly flippedAt?: string;
  /** Absent where an end is nobody that the evaluator knows; so are the next two. */
  readonly predicted?: "allow" | "deny";
  /** What decides, in one line. */
  readonly text?: string;
  /** `kind/namespace/name` of policies and profiles, `Tier/name` of the end of one: of a pair that is allowed what both sides say. */
  readonly by?: readonly string[];
}

export interface JudgedProbesView {
  /** Absent before the first report. */
  readonly reportedAt?: string;
  readonly probes: readonly JudgedProbe[];
  readonly revision: number;
}
