import type { JudgedSession, SessionCounts } from "@percale/bgp";
import type { AgentStatus, BgpSession, Condition, ChangeSetResult, Hearing } from "@percale/protocol";
import type { Protection, Reach } from "@percale/policy";
import type { EventType, JsonSchema, KubeObject, ObjectRef, PolicyRule } from "@percale/resources";

/** What the browser gets: plain JSON, times as RFC 3339, revisions as numbers. */
export interface Whoami {
  readonly user: string;
  readonly groups: readonly string[];
  readonly rights: { readonly read: boolean; readonly write: boolean; readonly admin: boolean };
}

export interface KindView {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly description: string;
  /** Agents and IPAM write it; people only look. */
  readonly internal: boolean;
  readonly readOnly: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly description: string;
    readonly priority: number;
  }[];
  /** OpenAPI v3 schema of the whole object: for forms, completion and validation. */
  readonly schema: JsonSchema;
}

export interface ObjectListView {
  readonly items: readonly KubeObject[];
  /** Of the first page; the others are as of it too. */
  readonly revision: number;
  /** Absent on the last page; what to ask for next. */
  readonly next?: ListPosition;
}

/** Where a list goes on: after this object, as of the revision. */
export interface ListPosition {
  readonly revision: number;
  readonly namespace?: string;
  readonly name: string;
}

/** One change of one object; those of one change set share `setEnd`. */
export interface ActivityView {
  readonly revision: number;
  readonly setEnd: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  /** "" where no request asked for it. */
  readonly requestId: string;
  readonly op: EventType;
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

/** Newest first. */
export interface ActivityPageView {
  readonly activities: readonly ActivityView[];
  /** Absent at the log's beginning; what to ask for next as `before`. Of large objects a page holds less than was asked for. */
  readonly next?: number;
}

/** Writes that were made together, without what was written. */
export interface ChangeSetView {
  /** Its last, and its name. */
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  /** "" where no request asked for it. */
  readonly requestId: string;
  /** In the order in which they were written, the first of them. */
  readonly entries: readonly { readonly revision: number; readonly op: EventType; readonly ref: ObjectRef }[];
  /** All of them. */
  readonly objects: number;
}

/** Newest first. */
export interface ChangeSetPageView {
  readonly sets: readonly ChangeSetView[];
  /** Absent at the log's beginning; what to ask for next as `before`. */
  readonly next?: number;
}

/** What a change set did. */
export interface ChangeSetEffect {
  readonly revision: number;
  /** Pairs of the lab that it made possible, and impossible, of so many that are probed. */
  readonly allowed: number;
  readonly denied: number;
  readonly pairs: number;
  /** Written by it, or selected by a policy that it wrote; absent of a set that wrote too much for them to be counted. */
  readonly endpoints?: number;
}

/** The objects in the order of the changes: the first of them, as many as fit into an answer. */
export type ApplyView = ChangeSetResult & { readonly warnings: readonly string[] };

/** Who was heard when, at each beat (`BEAT_MS`); all in milliseconds, since no clock is another machine's. `hearingOf` judges it. */
export interface BeatView {
  readonly t: "beat";
  /** Since the database was heard. */
  readonly storeMs: number;
  /** For how long this server has been listening to it without a pause. */
  readonly attentionMs: number;
  /** For how long it has been asking agents without one. */
  readonly askingMs: number;
  /** Since each node's agent was heard, those alone that were. */
  readonly nodes: Readonly<Record<string, number>>;
}

export interface LiveEvent {
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly type: EventType;
  readonly object: KubeObject;
}

export interface NodeStatusView<Status = NodeReportView> {
  readonly node: string;
  /** As of now; a dashboard hears it at each beat. */
  readonly hearing: Hearing;
  /** Since the agent said anything at all; absent: not since this server began. */
  readonly heardMs?: number;
  /** When its newest report was kept. */
  readonly lastSeen: string;
  readonly status: Status;
}

/** What every page may show of a node. Who shows its routes or sessions asks for them: `nodes.routes`, `bgp.sessions`. */
export type NodeReportView = Omit<AgentStatus, "routes" | "sessions">;

export interface NodesView {
  /** These are all; else those that changed. */
  readonly isWhole: boolean;
  readonly nodes: readonly NodeStatusView[];
}

export interface BgpSessionsView {
  /** All nodes. */
  readonly nodes: readonly { readonly node: string; readonly isHeard: boolean }[];
  readonly sessions: readonly BgpSessionView[];
}

/** One session: a pair of ends and one address family. */
export interface BgpSessionView extends Omit<JudgedSession, "ends" | "diagnosis"> {
  /** One or two, by name of the node. */
  readonly ends: readonly BgpEndView[];
  /** Of a session that has been down for longer than it takes to come up. */
  readonly cause?: { readonly reason: string; readonly advice: string; readonly facts: string };
}

export interface BgpEndView extends BgpSession {
  readonly node: string;
  /** Else what it says is its last word. */
  readonly isHeard: boolean;
  readonly birdRuns: boolean;
}

export interface BgpCountsView {
  readonly all: SessionCounts;
  /** Of every node: a session of two nodes counts at both. */
  readonly byNode: Readonly<Record<string, SessionCounts>>;
}

/** What an address or name in a question stands for. */
export interface PartyView {
  /** As asked. */
  readonly text: string;
  readonly address: string;
  /** `namespace/name` of the WorkloadEndpoint that has the address, if one has. */
  readonly endpoint?: string;
  /** What people call that endpoint. */
  readonly called?: string;
  readonly node?: string;
}

export interface PolicyRefView extends ObjectRef {
  readonly tier: string;
}

/** What one side's policies say. */
export interface DecisionView {
  readonly direction: "egress" | "ingress";
  readonly verdict: "allow" | "deny";
  /** What decided: a rule, the default action of a tier, the profiles' end, or that no policy of ours covers this side. */
  readonly by: "rule" | "tierDefault" | "profile" | "noMatch" | "notAnEndpoint";
  readonly tier?: string;
  readonly policy?: PolicyRefView;
  readonly profile?: string;
  /** Index in the policy's ingress or egress list. */
  readonly rule?: number;
  /** One sentence. */
  readonly text: string;
  /** What was looked at on the way, in order. */
  readonly steps: readonly DecisionStep[];
}

export interface DecisionStep {
  readonly tier?: string;
  readonly policy?: PolicyRefView;
  readonly profile?: string;
  readonly rule?: number;
  readonly action: "allow" | "deny" | "pass" | "log" | "none";
  readonly text: string;
  /** Why the first of its rules did not match; absent where none was tried in vain. */
  readonly misfits?: readonly Misfit[];
}

/** A rule that did not match: the first field that did not, and what the rule asks for there. */
export interface Misfit {
  /** Index in the policy's list. */
  readonly rule: number;
  readonly field: string;
  readonly wants: string;
}

export interface ExplainView {
  readonly verdict: "allow" | "deny";
  readonly from: PartyView;
  readonly to: PartyView;
  readonly protocol: string;
  readonly port?: number;
  /** The side that denies, else the ingress side's decision. */
  readonly decidedBy: DecisionView;
  readonly egress: DecisionView;
  readonly ingress: DecisionView;
  readonly revision: number;
}

export interface EffectiveTier {
  readonly tier: string;
  readonly order: number | null;
  readonly defaultAction: "Deny" | "Pass";
  readonly ingress: readonly PolicyRefView[];
  readonly egress: readonly PolicyRefView[];
  /** Of the directions that have policies in it: whether a packet can come so far, and to its end. */
  readonly reach: { readonly ingress?: Reach; readonly egress?: Reach };
}

export interface EffectiveView {
  readonly endpoint: ObjectRef;
  readonly tiers: readonly EffectiveTier[];
  readonly profiles: readonly string[];
  readonly protection: BothWays;
  readonly revision: number;
}

/** How far an endpoint is closed in each direction, and what has the last word. */
export interface BothWays {
  readonly ingress: Protection;
  readonly egress: Protection;
}

/** Of a policy: on how many endpoints it is in force. Of an endpoint: how many policies are in force on it. */
export interface CoverageRow {
  /** `kind/namespace/name` of a policy, `namespace/name` of an endpoint. */
  readonly name: string;
  readonly count: number;
  /** Of an endpoint. */
  readonly protection?: BothWays;
}

export interface CoverageView {
  /** A policy that is in force nowhere has none. */
  readonly rows: readonly CoverageRow[];
  readonly revision: number;
}

export interface ShadowRow {
  /** `kind/namespace/name` of a policy that could be deleted, and no packet would meet another end. */
  readonly name: string;
  /** Those that decide before it, wherever it is in force: policies, or a tier, which stands for the end of it. */
  readonly by: readonly ObjectRef[];
}

export interface ShadowsView {
  readonly rows: readonly ShadowRow[];
  readonly revision: number;
}

/** How the whole cluster is protected. */
export interface ProtectionView {
  readonly endpoints: number;
  readonly openBothWays: number;
  readonly ingress: ProtectionTally;
  readonly egress: ProtectionTally;
  readonly ends: readonly ProtectionEnd[];
  readonly revision: number;
}

/** Endpoints of one direction. */
export interface ProtectionTally {
  readonly open: number;
  readonly partly: number;
  readonly closed: number;
  /** No policy has the last word on them: their profiles have, or their having none. */
  readonly byProfile: number;
}

/** How many endpoints something has the last word on, where no condition has: all of what comes, or what was passed on. */
export interface ProtectionEnd {
  /** `Tier/name`, `Profile/name` or `kind/namespace/name` of a policy. */
  readonly name: string;
  readonly ingress: number;
  readonly egress: number;
}

/** A part of a list that the server filters and sorts. */
interface Listed<Row> {
  readonly rows: readonly Row[];
  /** How many there are behind the filters, and without them. */
  readonly matched: number;
  readonly total: number;
  readonly revision: number;
}

/** A workload endpoint in a list. */
export interface EndpointRowView {
  /** `namespace/name` of the object. */
  readonly key: string;
  readonly namespace: string;
  /** What people call it: the pod or the workload. */
  readonly name: string;
  readonly objectName: string;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export type EndpointListView = Listed<EndpointRowView>;

export interface EndpointView {
  /** Null: nobody is meant. */
  readonly found: { readonly row: EndpointRowView; readonly object: KubeObject } | null;
  readonly revision: number;
}

/** In the order of the kind's columns that are always shown; a date is RFC 3339. */
export type ObjectCell = string | number | boolean | null;

export type ObjectRowsView = Listed<{ readonly ref: ObjectRef; readonly cells: readonly ObjectCell[] }>;

/** A policy among others. */
export interface PolicyCardView {
  readonly ref: ObjectRef;
  readonly tier: string;
  /** Absent: after all that have one. */
  readonly order?: number;
  /** In evaluation order, over all tiers, from 1. */
  readonly place: number;
  readonly ingress: boolean;
  readonly egress: boolean;
  /** Of the directions that it governs. */
  readonly rules: number;
  /** All that it says is that others decide. */
  readonly onlyPasses?: true;
  /** Written through Kubernetes' own API. */
  readonly fromKubernetes?: true;
  /** Whom it is about, as written; "" is everybody. */
  readonly selector: string;
  readonly createdAt?: string;
  readonly resourceVersion?: string;
  /** The filter does not let it through. */
  readonly isFaded?: true;
}

/** Tiers in evaluation order. */
export interface BoardView {
  readonly tiers: readonly BoardTier[];
  /** How many policies there are behind the filter, and without it. */
  readonly matched: number;
  readonly total: number;
  readonly revision: number;
}

export interface BoardTier {
  readonly name: string;
  /** Absent: after all that have one. */
  readonly order?: number;
  readonly defaultAction: "Deny" | "Pass";
  /** False: policies name it but nobody made it. */
  readonly exists: boolean;
  readonly total: number;
  /** Of its policies in their order: those asked for, from this index on. */
  readonly at: number;
  readonly cards: readonly PolicyCardView[];
}

export interface PolicyListView extends Listed<PolicyCardView> {
  /** With two filters: how many there would be without each. */
  readonly without?: { readonly q: number; readonly ns: number };
}

export interface OrderedPolicy {
  readonly ref: ObjectRef;
  readonly tier: string;
  readonly order?: number;
}

export interface TierOrderView {
  readonly policies: readonly OrderedPolicy[];
  readonly revision: number;
}

/** What a text finds, the first few of each sort. */
export interface SearchView {
  /** Of the address that the text is. */
  readonly owners: readonly EndpointRowView[];
  /** By name, address or label, without those owners. */
  readonly endpoints: readonly EndpointRowView[];
  /** Of kinds that are searched, by name, net or peer. */
  readonly objects: readonly ObjectRef[];
  /** Others of them, by a text in a field; of each the first field. */
  readonly texts: readonly FoundText[];
  /** Of the autonomous system that the text names. */
  readonly speakers: readonly ObjectRef[];
  /** The cluster's nodes are in it, where nothing else is said. */
  readonly isOwnAs: boolean;
  /** Of a text such as `deny 443 shop`. */
  readonly rules: readonly FoundRule[];
  readonly revision: number;
}

export interface FoundText {
  readonly ref: ObjectRef;
  /** `spec.ingress[0].source.nets[1]` */
  readonly field: string;
  /** What stands there, as much of it as a row shows. */
  readonly text: string;
}

export interface FoundRule {
  /** Of the policy. */
  readonly ref: ObjectRef;
  readonly direction: "ingress" | "egress";
  readonly index: number;
  readonly rule: PolicyRule;
}

export interface MatrixPort {
  readonly protocol: string;
  readonly port?: number;
}

export interface MatrixCell extends MatrixPort {
  readonly from: string;
  readonly to: string;
  readonly allowed: boolean;
  /** The deciding tier, policy and rule in one line. */
  readonly text: string;
}

export interface MatrixView {
  readonly endpoints: readonly string[];
  readonly cells: readonly MatrixCell[];
  readonly revision: number;
}

export interface ImpactChange extends MatrixPort {
  readonly from: string;
  readonly to: string;
  /** What people call the two. */
  readonly called: { readonly from: string; readonly to: string };
  readonly before: DecisionView;
  readonly after: DecisionView;
}

export interface ImpactView {
  /** Pairs and ports looked at. */
  readonly examined: number;
  readonly changes: readonly ImpactChange[];
  /** Pairs and ports that change too, and that the answer has no room for. Absent if it has. */
  readonly more?: { readonly denied: number; readonly allowed: number };
  readonly revision: number;
}

export type SelectorView =
  | {
      readonly ok: false;
      readonly message: string;
      readonly offset: number;
      readonly field: "selector" | "namespaceSelector" | "serviceAccountSelector";
    }
  | {
      readonly ok: true;
      /** Endpoints, and the namespaces that they are in. */
      readonly count: number;
      readonly namespaces: number;
      /** `namespace/name` of the first of them, and what people call those. */
      readonly endpoints: readonly string[];
      readonly called: readonly string[];
      /** `kind/namespace/name` of the first of them. */
      readonly sets: readonly string[];
    };

/** What endpoints are known by, the most used first. */
export interface TermsView {
  readonly namespaces: readonly { readonly name: string; readonly endpoints: number }[];
  readonly labels: readonly { readonly key: string; readonly value: string; readonly endpoints: number }[];
  readonly revision: number;
}

/** One side of one rule that selects a network set. */
export interface SetUse {
  /** A policy or profile. */
  readonly owner: ObjectRef;
  readonly direction: "ingress" | "egress";
  /** Index in its list. */
  readonly rule: number;
  readonly side: "source" | "destination";
  /** The rule is about whoever is not in the set. */
  readonly isNot?: true;
}

export interface SetUseRow {
  /** `kind/namespace/name` of the set. */
  readonly name: string;
  readonly count: number;
  /** The first of them, in order. */
  readonly uses: readonly SetUse[];
}

export interface SetUseView {
  /** A set that no rule selects has none. */
  readonly rows: readonly SetUseRow[];
  readonly revision: number;
}

export interface ProfileUseRow {
  readonly name: string;
  readonly endpoints: number;
}

export interface ProfileUseView {
  /** A profile that no endpoint has has none. */
  readonly rows: readonly ProfileUseRow[];
  readonly revision: number;
}

export interface PoolUsageView {
  readonly name: string;
  readonly cidr: string;
  /** Addresses; beyond 2^53 not exact. */
  readonly size: number;
  readonly used: number;
  readonly blocks: readonly BlockView[];
}

export interface BlockView {
  readonly cidr: string;
  /** Undefined: nobody allocates from it. */
  readonly node?: string;
  readonly used: number;
  readonly size: number;
  /** By ordinal, only those taken. */
  readonly owners: readonly {
    readonly ordinal: number;
    readonly owner: string;
    readonly handle?: string;
    /** The node that has it, where the block is not its own. */
    readonly borrower?: string;
  }[];
}

export interface ConditionView extends Condition {
  /** `api`, `store` or the node's name. */
  readonly source: string;
  /** All nodes that it is about, where that is more than the source says. */
  readonly nodes?: readonly string[];
}

/** When a condition held. */
export interface SpellView extends Pick<Condition, "code" | "severity" | "title" | "since"> {
  readonly source: string;
  /** RFC 3339; absent: it still holds. */
  readonly until?: string | undefined;
}

export interface HealthHistoryView {
  /** As of the server's clock, which all times here are of. */
  readonly at: string;
  /** Of the last 24 hours, in order of beginning. */
  readonly spells: readonly SpellView[];
}

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

/** A group that gives rights, as it is explained to who gives it. */
export interface RoleView {
  readonly group: string;
  readonly title: string;
  readonly may: string;
}

export interface TokenView {
  readonly id: string;
  /** Of a browser that signed in; else a token of its own. */
  readonly isSession: boolean;
  /** The session that asks. */
  readonly isThis: boolean;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly description: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
}

export interface OverviewView {
  readonly revision: number;
  readonly nodes: {
    readonly total: number;
    readonly connected: number;
    readonly inSync: number;
    /** Holding the newest revision in the kernel, or at most a second behind it. */
    readonly programmed: number;
  };
  readonly sessions: SessionCounts;
  readonly addresses: { readonly used: number; readonly size: number };
  /** By kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly workloads: { readonly total: number; readonly up: number };
  readonly conditions: { readonly error: number; readonly warning: number };
  /** The newest change sets, newest first. */
  readonly changes: readonly OverviewChange[];
}

export interface OverviewChange {
  /** The last revision of the set. */
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  readonly objects: readonly { readonly op: ActivityView["op"]; readonly ref: ObjectRef }[];
  /** Nodes whose kernel holds it, of those that report. */
  readonly programmedOn: number;
  readonly nodes: number;
}
