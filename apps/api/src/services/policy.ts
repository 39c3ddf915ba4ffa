import { compare, createEvaluator, peerSelectors, QueryError, Selection } from "@percale/policy";
import type { Evaluator, Explanation, Query } from "@percale/policy";
import { badRequest, definitionOf, formatRef, notFound, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef, Tier, WorkloadEndpoint } from "@percale/resources";
import { parseSelector, SelectorError } from "@percale/selector";
import type { Datastore, Snapshot } from "@percale/store";
import { rehearse } from "../admission/admit.ts";
import type { ExplainView, ImpactChange, MatrixCell, MatrixPort, SelectorView } from "../trpc/views.ts";
import { decisionText, decisionView, partyView } from "./decision-text.ts";
import { exactPeer, peerOf } from "./peer.ts";
import type { Services } from "./services.ts";

const MAX_QUESTIONS = 500_000;
/** Questions answered before others get their turn: about 10 ms. */
const SLICE = 200;
/** Beyond it a matrix says only yes and no. */
const EXPLAINED_CELLS = 20_000;

interface State extends Snapshot {
  readonly evaluator: Evaluator;
}

export function policyServices(store: Datastore): Services["policy"] {
  let latest: State | undefined;
  const stateNow = async (): Promise<State> => {
    const snapshot = await store.snapshot();
    if (latest?.revision !== snapshot.revision) latest = { ...snapshot, evaluator: createEvaluator(snapshot.objects) };
    return latest;
  };
  return {
    explain: async ({ from, to, protocol, port, ipVersion }) => {
      const { evaluator, revision, objects } = await stateNow();
      const query: Query = {
        from: peerOf(from, objects),
        to: peerOf(to, objects),
        protocol, // the evaluator refuses names it does not know
        ...(port !== undefined && { port }),
        ...(ipVersion !== undefined && { ipVersion }),
      };
      const explanation = asked(() => evaluator.explain(query));
      return { ...explainView({ from, to }, query, explanation), revision };
    },
    effective: async (ref) => {
      const { evaluator, revision, objects } = await stateNow();
      const { namespace, name } = ref;
      if (ref.kind !== "WorkloadEndpoint" || namespace === undefined || !has(objects, ref)) throw notFound(ref);
      const { tiers, profiles } = asked(() => evaluator.effectivePolicies({ namespace, name }));
      const orders = new Map(objects.flatMap((object) => (object.kind === "Tier" ? [tierOrder(object as Tier)] : [])));
      return {
        endpoint: ref,
        revision,
        profiles: profiles.map((profile) => profile.name),
        tiers: tiers.map(({ name: tier, defaultAction, ingress, egress }) => ({
          tier,
          order: orders.get(tier) ?? null,
          defaultAction,
          ingress: ingress.map((policy) => ({ ...policy, tier })),
          egress: egress.map((policy) => ({ ...policy, tier })),
        })),
      };
    },
    matrix: async ({ pairs, ports }) => {
      const { evaluator, revision, objects } = await stateNow();
      const endpoints = endpointsOf(objects);
      const questions = pairs === undefined ? allPairs(endpoints, ports) : givenPairs(pairs, endpoints, ports);
      const isShort = questions.length > EXPLAINED_CELLS;
      const cells: MatrixCell[] = [];
      await inSlices(questions, (slice) => {
        for (const question of slice) {
          const query = queryOf(question);
          const told = isShort ? undefined : asked(() => evaluator.explain(query));
          const verdict = told?.verdict ?? asked(() => evaluator.verdict(query));
          const text = told === undefined ? "" : decisionText(told.decision);
          cells.push({ ...question, allowed: verdict === "allow", text });
        }
      });
      return { endpoints: [...endpoints.keys()], cells, revision };
    },
    impact: async ({ changes }, identity) => {
      const draft = await rehearse(store, changes, { identity, fieldValidation: "Strict" });
      const { evaluator, revision, objects } = await stateNow();
      const after = new Map(objects.map((object) => [formatRef(refOf(object)), object]));
      for (const [index, change] of changes.entries()) {
        if (change.op === "delete") after.delete(formatRef(change.ref));
        else after.set(formatRef(refOf(draft.objects[index]!)), draft.objects[index]!);
      }
      const then = createEvaluator(after.values());
      const questions = allPairs(endpointsOf([...after.values()]), undefined);
      const found: ImpactChange[] = [];
      await inSlices(questions, (slice) => {
        const byQuery = new Map(slice.map((question) => [queryOf(question), question]));
        for (const difference of compare(evaluator, then, byQuery.keys())) {
          const question = byQuery.get(difference.query)!; // compare answers with the queries it was given
          found.push({
            ...question,
            before: deciding(difference.before),
            after: deciding(difference.after),
          });
        }
      });
      return { examined: questions.length, changes: found, revision };
    },
  };
}

export function selectorServices(store: Datastore): Services["selectors"] {
  return {
    test: async ({ selector, namespaceSelector, scope }): Promise<SelectorView> => {
      for (const [field, text] of [
        ["selector", selector],
        ["namespaceSelector", namespaceSelector ?? ""],
      ] as const) {
        const fault = faultOf(text);
        if (fault !== undefined) return { ok: false, field, message: fault.message, offset: fault.offset };
      }
      const side = { selector, ...(namespaceSelector !== undefined && { namespaceSelector }) };
      const { positive } = peerSelectors(side, scope?.namespace);
      const { objects } = await store.snapshot(["WorkloadEndpoint", "NetworkSet", "GlobalNetworkSet", "Profile"]);
      const selection = new Selection(objects);
      const matching = positive === undefined ? selection.selectables : selection.matching(positive);
      const selected = matching.map(({ object }) => object);
      const endpoints = selected.filter(({ kind }) => kind === "WorkloadEndpoint").map(keyOf);
      const sets = selected.filter(({ kind }) => kind !== "WorkloadEndpoint").map((object) => formatRef(refOf(object)));
      return { ok: true, count: endpoints.length, endpoints, sets };
    },
  };
}

function faultOf(text: string): SelectorError | undefined {
  try {
    parseSelector(text);
    return undefined;
  } catch (error) {
    if (error instanceof SelectorError) return error;
    throw error;
  }
}

interface Question extends MatrixPort {
  readonly from: string;
  readonly to: string;
}

function explainView(
  asked: { from: string; to: string },
  { protocol, port }: Query,
  told: Explanation,
): Omit<ExplainView, "revision"> {
  const egress = decisionView("egress", told.egress, told);
  const ingress = decisionView("ingress", told.ingress, told);
  return {
    verdict: told.verdict,
    from: partyView(asked.from, told.from),
    to: partyView(asked.to, told.to),
    protocol: String(protocol),
    ...(port !== undefined && { port }),
    decidedBy: told.decision.direction === "egress" ? egress : ingress,
    egress,
    ingress,
  };
}

function deciding(told: Explanation): ExplainView["decidedBy"] {
  const direction = told.decision.direction ?? "ingress";
  return decisionView(direction, told[direction], told);
}

function queryOf({ from, to, protocol, port }: Question): Query {
  // Protocols come from endpoints' own ports or from the question; the evaluator refuses what it does not know.
  return { from: exactPeer(from), to: exactPeer(to), protocol, ...(port !== undefined && { port }) };
}

function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw error instanceof QueryError ? badRequest(error.message) : error;
  }
}

function endpointsOf(objects: readonly KubeObject[]): ReadonlyMap<string, readonly MatrixPort[]> {
  const endpoints = objects.filter((object): object is WorkloadEndpoint => object.kind === "WorkloadEndpoint");
  return new Map(endpoints.map((endpoint) => [keyOf(endpoint), portsOf(endpoint)]));
}

/** What a workload says it serves; an echo request stands for one that says nothing. */
function portsOf({ spec }: WorkloadEndpoint): readonly MatrixPort[] {
  const ports = (spec.ports ?? []).map(({ protocol, port }) => ({ protocol: String(protocol), port }));
  return ports.length > 0 ? ports : [{ protocol: "ICMP" }];
}

interface AskedPort {
  readonly protocol: string | number;
  readonly port?: number | undefined;
}

function allPairs(
  endpoints: ReadonlyMap<string, readonly MatrixPort[]>,
  ports: readonly AskedPort[] | undefined,
): Question[] {
  const names = [...endpoints.keys()];
  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
  return givenPairs(pairs, endpoints, ports);
}

function givenPairs(
  pairs: readonly { readonly from: string; readonly to: string }[],
  endpoints: ReadonlyMap<string, readonly MatrixPort[]>,
  ports: readonly AskedPort[] | undefined,
): Question[] {
  const given = ports?.map(({ protocol, port }) => ({
    protocol: String(protocol),
    ...(port !== undefined && { port }),
  }));
  const questions = pairs.flatMap(({ from, to }) =>
    (given ?? endpoints.get(to) ?? [{ protocol: "ICMP" }]).map((port) => ({ from, to, ...port })),
  );
  if (questions.length > MAX_QUESTIONS)
    throw badRequest(`${questions.length} questions are more than ${MAX_QUESTIONS}: ask for fewer pairs or ports`);
  return questions;
}

async function inSlices<T>(items: readonly T[], work: (slice: readonly T[]) => void): Promise<void> {
  for (let at = 0; at < items.length; at += SLICE) {
    work(items.slice(at, at + SLICE));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function has(objects: readonly KubeObject[], ref: ObjectRef): boolean {
  const key = formatRef(ref);
  return definitionOf(ref.kind) !== undefined && objects.some((object) => formatRef(refOf(object)) === key);
}

function tierOrder({ metadata, spec }: Tier): [string, number | null] {
  return [metadata.name, spec.order ?? null];
}
