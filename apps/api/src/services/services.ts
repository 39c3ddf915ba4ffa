import type { AgentStatus, ChangeSet, NodeRoutes } from "@percale/protocol";
import type { JsonSchema, KubeObject, ObjectRef } from "@percale/resources";
import type { z } from "zod";
import type { Identity } from "../auth/identity.ts";
import type * as input from "../trpc/inputs.ts";
import type * as view from "../trpc/views.ts";

/** What the procedures call: each function parses nothing, fails with StatusErrors, and shows what `identity`, where it is asked for, may see. */
export interface Services {
  readonly sessions: {
    /** The identity of a token and a new session for it; 401 for unknown ones. */
    signIn(
      token: string,
    ): Promise<{ readonly identity: Identity; readonly value: string; readonly maxAgeSeconds: number }>;
    /** A session of somebody who was proved otherwise. */
    open(identity: Identity): Promise<{ readonly value: string; readonly maxAgeSeconds: number }>;
    signOut(value: string): Promise<void>;
    /** How one may sign in besides by a token. */
    methods(): view.SignInMethods;
  };
  readonly objects: {
    kinds(): readonly view.KindView[];
    /** OpenAPI v3 schema of one kind's objects. */
    schema(kind: string): JsonSchema;
    /** In pages, each no longer than its turn of the event loop allows. */
    list(options: z.output<typeof input.listInput>, identity: Identity): Promise<view.ObjectListView>;
    get(ref: ObjectRef, identity: Identity): Promise<KubeObject>;
    history(ref: ObjectRef, identity: Identity): Promise<readonly view.ActivityView[]>;
  };
  readonly changes: {
    apply(changeSet: ChangeSet, identity: Identity): Promise<view.ApplyView>;
    list(options: z.output<typeof input.changesInput>, identity: Identity): Promise<view.ActivityPageView>;
    /** As `list`, by change set, without what was written. */
    sets(question: z.output<typeof input.changeSetsInput>, identity: Identity): Promise<view.ChangeSetPageView>;
    /** One set whole, newest first. */
    set(revision: number, identity: Identity): Promise<readonly view.ActivityView[]>;
    /** What sets did; of some that are gone from the log nothing is told. */
    effects(revisions: readonly number[]): Promise<readonly view.ChangeSetEffect[]>;
    revert(options: z.output<typeof input.revertInput>, identity: Identity): Promise<view.ApplyView>;
  };
  /** Every change after `since` (absent: from now on), and beats, until `signal` aborts. */
  live(
    since: number | undefined,
    identity: Identity,
    signal: AbortSignal,
  ): AsyncIterable<view.LiveEvent | view.BeatView>;
  readonly nodes: {
    /** With all that agents report. */
    list(): Promise<readonly view.NodeStatusView<AgentStatus>[]>;
    status(): Promise<readonly view.NodeStatusView[]>;
    /** What the node's agent reports of its kernel; null where it does not. */
    routes(node: string): Promise<NodeRoutes | null>;
    /** All of them at once, then the changed one each time, and all again once one is gone. */
    watch(signal: AbortSignal): AsyncIterable<view.NodesView>;
  };
  readonly bgp: {
    sessions(): Promise<view.BgpSessionsView>;
    counts(): Promise<view.BgpCountsView>;
  };
  readonly policy: {
    explain(question: z.output<typeof input.explainInput>): Promise<view.ExplainView>;
    effective(ref: ObjectRef): Promise<view.EffectiveView>;
    coverage(question: z.output<typeof input.coverageInput>): Promise<view.CoverageView>;
    protection(question: z.output<typeof input.protectionInput>): Promise<view.ProtectionView>;
    shadows(question: z.output<typeof input.shadowsInput>): Promise<view.ShadowsView>;
    matches(question: z.output<typeof input.matchesInput>): Promise<view.MatchesView>;
    setUse(question: z.output<typeof input.setUseInput>): Promise<view.SetUseView>;
    profileUse(question: z.output<typeof input.profileUseInput>): Promise<view.ProfileUseView>;
    matrix(question: z.output<typeof input.matrixInput>): Promise<view.MatrixView>;
    impact(question: Pick<ChangeSet, "changes">, identity: Identity): Promise<view.ImpactView>;
  };
  /** Parts of lists, filtered and sorted here. */
  readonly lists: {
    endpoints(question: z.output<typeof input.endpointsInput>): Promise<view.EndpointListView>;
    endpoint(question: z.output<typeof input.endpointInput>): Promise<view.EndpointView>;
    objects(question: z.output<typeof input.objectsInput>, identity: Identity): Promise<view.ObjectRowsView>;
    search(question: z.output<typeof input.searchInput>, identity: Identity): Promise<view.SearchView>;
  };
  /** Policies in evaluation order, as they are or as they would be after moves. */
  readonly board: {
    tiers(question: z.output<typeof input.boardInput>, identity: Identity): Promise<view.BoardView>;
    rows(question: z.output<typeof input.policiesInput>, identity: Identity): Promise<view.PolicyListView>;
    order(question: z.output<typeof input.tierOrderInput>, identity: Identity): Promise<view.TierOrderView>;
  };
  readonly selectors: {
    test(question: z.output<typeof input.selectorInput>): Promise<view.SelectorView>;
    terms(question: z.output<typeof input.termsInput>): Promise<view.TermsView>;
  };
  readonly ipam: {
    /** Gives an address back to its block; one that a workload endpoint has only with `force`. */
    release(request: z.output<typeof input.releaseInput>, identity: Identity): Promise<{ readonly address: string }>;
  };
  readonly pools: { usage(): Promise<readonly view.PoolUsageView[]> };
  readonly health: {
    conditions(): Promise<readonly view.ConditionView[]>;
    history(): view.HealthHistoryView;
  };
  readonly lab: {
    report(report: input.LabReport): Promise<void>;
    matrix(): Promise<view.LabMatrixView>;
    /** With what the evaluator says of each. */
    probes(): Promise<view.JudgedProbesView>;
    watch(signal: AbortSignal): AsyncIterable<view.LabMatrixView>;
  };
  readonly access: {
    createToken(
      token: z.output<typeof input.tokenInput>,
      identity: Identity,
    ): Promise<view.TokenView & { readonly token: string }>;
    /** `session`: the cookie's value of who asks. */
    list(session?: string): Promise<readonly view.TokenView[]>;
    /** The groups that give rights. */
    roles(): readonly view.RoleView[];
    /** Those that may be seen. */
    bindings(identity: Identity): Promise<readonly view.BindingView[]>;
    /** Whether somebody may: of oneself for everybody, of others for those who may create SubjectAccessReviews. */
    may(question: z.output<typeof input.mayInput>, identity: Identity): view.MayView;
    revoke(id: string, identity: Identity): Promise<void>;
  };
  readonly overview: { summary(identity: Identity): Promise<view.OverviewView> };
}
