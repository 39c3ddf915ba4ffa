import { tracked } from "@trpc/server";
import { hasRight } from "../auth/authorize.ts";
import type { Identity } from "../auth/identity.ts";
import { can, open, router } from "./init.ts";
import * as input from "./inputs.ts";
import { parsed } from "./parsed.ts";
import type { ConditionView, LabMatrixView, LiveEvent, NodesView, Whoami } from "./views.ts";

const session = router({
  /** Exchanges a token for a session cookie. */
  signIn: open.input(parsed(input.signInInput)).mutation(async ({ ctx, input }): Promise<Whoami> => {
    const token = input.token.trim();
    await ctx.prove(token);
    const { identity, value, maxAgeSeconds } = await ctx.services.sessions.signIn(token);
    ctx.setSession?.({ value, maxAgeSeconds });
    return whoami(identity);
  }),
  signOut: open.mutation(async ({ ctx }): Promise<void> => {
    if (ctx.session !== undefined) await ctx.services.sessions.signOut(ctx.session);
    ctx.setSession?.(undefined);
  }),
  methods: open.query(({ ctx }) => ctx.services.sessions.methods()),
  /** Undefined rights all round for someone who has not signed in: not an error. */
  whoami: open.query(({ ctx }): Whoami => whoami(ctx.identity)),
});

const objects = router({
  kinds: can("look").query(({ ctx }) => ctx.services.objects.kinds()),
  schema: can("look")
    .input(parsed(input.kindInput))
    .query(({ ctx, input }) => ctx.services.objects.schema(input.kind)),
  list: can("look")
    .input(parsed(input.listInput))
    .query(({ ctx, input }) => ctx.services.objects.list(input, ctx.identity)),
  get: can("look")
    .input(parsed(input.objectRef))
    .query(({ ctx, input }) => ctx.services.objects.get(input, ctx.identity)),
  history: can("look")
    .input(parsed(input.objectRef))
    .query(({ ctx, input }) => ctx.services.objects.history(input, ctx.identity)),
});

const changes = router({
  // `apply` is a reserved word of tRPC routers. Authorised change by change.
  submit: can("look")
    .input(parsed(input.changeSet))
    .mutation(({ ctx, input }) => ctx.services.changes.apply(input, ctx.identity)),
  list: can("look")
    .input(parsed(input.changesInput))
    .query(({ ctx, input }) => ctx.services.changes.list(input, ctx.identity)),
  sets: can("look")
    .input(parsed(input.changeSetsInput))
    .query(({ ctx, input }) => ctx.services.changes.sets(input, ctx.identity)),
  set: can("look")
    .input(parsed(input.changeSetInput))
    .query(({ ctx, input }) => ctx.services.changes.set(input.revision, ctx.identity)),
  effects: can("policy")
    .input(parsed(input.effectsInput))
    .query(({ ctx, input }) => ctx.services.changes.effects(input.of)),
  /** Writes back what was before the change set, as one change set. */
  revert: can("look")
    .input(parsed(input.revertInput))
    .mutation(({ ctx, input }) => ctx.services.changes.revert(input, ctx.identity)),
});

const ipam = router({
  release: can("admin")
    .input(parsed(input.releaseInput))
    .mutation(({ ctx, input }) => ctx.services.ipam.release(input, ctx.identity)),
});

const live = router({
  /** All object events, and a beat each second; a client that comes back goes on where it was. */
  watch: can("look")
    .input(parsed(input.sinceInput))
    .subscription(async function* ({ ctx, input, signal }) {
      const last = input?.lastEventId ?? undefined;
      const since = last === undefined ? input?.since : Number(last);
      for await (const word of ctx.services.live(since, ctx.identity, signal!))
        yield "t" in word ? word : tracked<LiveEvent>(String(word.revision), word);
    }),
});

const nodes = router({
  status: can("read").query(({ ctx }) => ctx.services.nodes.status()),
  /** Null: its agent reports none. */
  routes: can("read")
    .input(parsed(input.nodeInput))
    .query(({ ctx, input }) => ctx.services.nodes.routes(input.node)),
  /** All nodes first, then each that changed; all again once one is gone. */
  watch: can("read").subscription(async function* ({ ctx, signal }): AsyncGenerator<NodesView> {
    yield* ctx.services.nodes.watch(signal!);
  }),
});

const bgp = router({
  sessions: can("read").query(({ ctx }) => ctx.services.bgp.sessions()),
  /** What every page needs of them. */
  counts: can("read").query(({ ctx }) => ctx.services.bgp.counts()),
});

const policy = router({
  explain: can("policy")
    .input(parsed(input.explainInput))
    .query(({ ctx, input }) => ctx.services.policy.explain(input)),
  effective: can("policy")
    .input(parsed(input.objectRef))
    .query(({ ctx, input }) => ctx.services.policy.effective(input)),
  /** `effective` of the whole cluster, in numbers. */
  coverage: can("policy")
    .input(parsed(input.coverageInput))
    .query(({ ctx, input }) => ctx.services.policy.coverage(input)),
  /** How the whole cluster is protected, in numbers. */
  protection: can("policy")
    .input(parsed(input.protectionInput))
    .query(({ ctx, input }) => ctx.services.policy.protection(input)),
  /** Which policies others leave nothing to. */
  shadows: can("policy")
    .input(parsed(input.shadowsInput))
    .query(({ ctx, input }) => ctx.services.policy.shadows(input)),
  /** Which rules select which network sets. */
  setUse: can("policy")
    .input(parsed(input.setUseInput))
    .query(({ ctx, input }) => ctx.services.policy.setUse(input)),
  /** How many endpoints have which profile. */
  profileUse: can("policy")
    .input(parsed(input.profileUseInput))
    .query(({ ctx, input }) => ctx.services.policy.profileUse(input)),
  /** What is in force on endpoints, and which rules match them: what calicoq tells. */
  matches: can("policy")
    .input(parsed(input.matchesInput))
    .query(({ ctx, input }) => ctx.services.policy.matches(input)),
  matrix: can("policy")
    .input(parsed(input.matrixInput))
    .query(({ ctx, input }) => ctx.services.policy.matrix(input)),
  impact: can("policy")
    .input(parsed(input.impactInput))
    .query(({ ctx, input }) => ctx.services.policy.impact(input, ctx.identity)),
});

const lists = router({
  endpoints: can("policy")
    .input(parsed(input.endpointsInput))
    .query(({ ctx, input }) => ctx.services.lists.endpoints(input)),
  endpoint: can("policy")
    .input(parsed(input.endpointInput))
    .query(({ ctx, input }) => ctx.services.lists.endpoint(input)),
  objects: can("look")
    .input(parsed(input.objectsInput))
    .query(({ ctx, input }) => ctx.services.lists.objects(input, ctx.identity)),
  search: can("look")
    .input(parsed(input.searchInput))
    .query(({ ctx, input }) => ctx.services.lists.search(input, ctx.identity)),
});

/** Policies in evaluation order: as tiers of cards, as rows. */
const board = router({
  tiers: can("look")
    .input(parsed(input.boardInput))
    .query(({ ctx, input }) => ctx.services.board.tiers(input, ctx.identity)),
  rows: can("look")
    .input(parsed(input.policiesInput))
    .query(({ ctx, input }) => ctx.services.board.rows(input, ctx.identity)),
  /** Of one tier, all of it. */
  order: can("look")
    .input(parsed(input.tierOrderInput))
    .query(({ ctx, input }) => ctx.services.board.order(input, ctx.identity)),
});

const selectors = router({
  test: can("policy")
    .input(parsed(input.selectorInput))
    .query(({ ctx, input }) => ctx.services.selectors.test(input)),
  /** What selectors can be written of. */
  terms: can("policy")
    .input(parsed(input.termsInput))
    .query(({ ctx, input }) => ctx.services.selectors.terms(input)),
});

const pools = router({ usage: can("read").query(({ ctx }) => ctx.services.pools.usage()) });

const health = router({
  conditions: can("read").query(({ ctx }): Promise<readonly ConditionView[]> => ctx.services.health.conditions()),
  /** When each of them held of late. */
  history: can("read").query(({ ctx }) => ctx.services.health.history()),
});

const lab = router({
  report: can("lab")
    .input(parsed(input.labReport))
    .mutation(({ ctx, input }) => ctx.services.lab.report(input)),
  matrix: can("read").query(({ ctx }) => ctx.services.lab.matrix()),
  /** With what the evaluator says of each. */
  probes: can("policy").query(({ ctx }) => ctx.services.lab.probes()),
  watch: can("read").subscription(async function* ({ ctx, signal }): AsyncGenerator<LabMatrixView> {
    yield* ctx.services.lab.watch(signal!);
  }),
});

const access = router({
  /** The secret is in this answer and nowhere else. */
  createToken: can("admin")
    .input(parsed(input.tokenInput))
    .mutation(({ ctx, input }) => ctx.services.access.createToken(input, ctx.identity)),
  list: can("admin").query(({ ctx }) => ctx.services.access.list(ctx.session)),
  roles: can("read").query(({ ctx }) => ctx.services.access.roles()),
  bindings: can("look").query(({ ctx }) => ctx.services.access.bindings(ctx.identity)),
  may: can("look")
    .input(parsed(input.mayInput))
    .query(({ ctx, input }) => ctx.services.access.may(input, ctx.identity)),
  revoke: can("admin")
    .input(parsed(input.tokenRef))
    .mutation(({ ctx, input }) => ctx.services.access.revoke(input.id, ctx.identity)),
});

const overview = router({ summary: can("read").query(({ ctx }) => ctx.services.overview.summary(ctx.identity)) });

export const appRouter = router({
  session,
  objects,
  changes,
  ipam,
  live,
  nodes,
  bgp,
  policy,
  lists,
  board,
  selectors,
  pools,
  health,
  lab,
  access,
  overview,
});
export type AppRouter = typeof appRouter;

function whoami(identity: Identity): Whoami {
  const { user, groups } = identity;
  const rights = {
    read: hasRight(identity, "read"),
    write: hasRight(identity, "write"),
    admin: hasRight(identity, "admin"),
  };
  return { user, groups, rights };
}
