import { peerSelectors, peerText, subjectText } from "@percale/policy";
import type { Evaluator, Selectable } from "@percale/policy";
import {
  HostEndpoint,
  Profile,
  WorkloadEndpoint,
  badRequest,
  formatRef,
  kindsWhere,
  notFound,
  refOf,
} from "@percale/resources";
import type { KubeObject, ObjectRef, StatedSpecOf } from "@percale/resources";
import { matches, parseSelector, SelectorError } from "@percale/selector";
import type { Selector } from "@percale/selector";
import type { MatchRow, RuleMatch } from "../trpc/views.ts";
import type { Course, Questions } from "./questions.ts";
import { RULE_KINDS, sidesOf } from "./rule-sides.ts";

/**
 * What is in force on which workload endpoints, and which rules match them: a row for each endpoint that is asked about. Throws StatusError:
 * 404 for a policy that there is not, 400 for a selector that does not parse and for more than an answer may hold.
 */
export async function matchRows(
  evaluator: Evaluator,
  about: Questions["matches"],
  { rows, inSlices }: Course,
): Promise<void> {
  const asked = readQuestion(evaluator, about);
  const rules = await rulesOf(asked.owners, inSlices);
  const endpoints = evaluator.selection.selectables
    .filter(({ object }) => ENDPOINT_KINDS.has(object.kind))
    .map((endpoint) => ({ ...endpoint, id: idOf(endpoint.object) }))
    .filter(asked.isAsked)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  await inSlices(endpoints, (slice) => {
    for (const endpoint of slice) {
      const { id, object } = endpoint;
      const row: MatchRow = {
        id,
        endpoint: refOf(object),
        // Nothing governs the packets of hosts yet.
        policies:
          about.per === "selector" || object.kind !== WorkloadEndpoint.kind
            ? []
            : policiesOn(evaluator, endpoint, asked.policy),
        profiles: about.per === "selector" ? [] : ((object.spec as Spec).profiles ?? []),
        rules: rules.filter(({ selector }) => matches(selector, endpoint.labels)).map(({ told }) => told),
      };
      const isNothing = asked.policy !== undefined && row.policies.length + row.rules.length === 0;
      if (!isNothing && !rows.add(row))
        throw badRequest("what matches is longer than an answer may be: ask about fewer endpoints");
    }
  });
}

const ENDPOINT_KINDS: ReadonlySet<string> = new Set(kindsWhere(({ traits }) => traits.member === "endpoint"));

type Spec = StatedSpecOf<typeof WorkloadEndpoint>;
type Endpoint = Selectable & { readonly id: string };

interface Asked {
  readonly isAsked: (endpoint: Endpoint) => boolean;
  /** Whose rules are matched. */
  readonly owners: readonly KubeObject[];
  /** The one that is asked about: `formatRef`. */
  readonly policy?: string;
}

function readQuestion({ objects }: Evaluator, about: Questions["matches"]): Asked {
  const everybody = (): KubeObject[] => RULE_KINDS.flatMap((kind) => [...objects.list(kind)]);
  switch (about.per) {
    case "selector": {
      const selector = parse(about.selector);
      return { owners: [], isAsked: ({ labels }) => matches(selector, labels) };
    }
    case "policy": {
      const policy = objects.get(about.ref);
      if (policy === undefined || !RULE_KINDS.includes(policy.kind)) throw notFound(about.ref);
      return { owners: [policy], policy: formatRef(about.ref), isAsked: () => true };
    }
    case "endpoint":
      return { owners: everybody(), isAsked: ({ id }) => id.includes(about.contains) };
    case "node":
      return { owners: everybody(), isAsked: ({ object }) => (object.spec as Spec).node === about.node };
  }
}

function parse(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(`selector: ${error.message}`);
    throw error;
  }
}

/** calicoq's full name: `<node>/<orchestrator>/<workload>/<endpoint>`, a pod being `<namespace>.<pod>`; `<node>/<interface>` of a host endpoint. */
function idOf({ kind, metadata, spec }: KubeObject): string {
  if (kind === HostEndpoint.kind) {
    const { node: host, interfaceName } = spec as StatedSpecOf<typeof HostEndpoint>;
    return `${host}/${interfaceName ?? metadata.name}`;
  }
  const { node, orchestrator, workload, pod, endpoint } = spec as Spec;
  const name = pod === undefined || pod === "" ? (workload ?? metadata.name) : `${metadata.namespace}.${pod}`;
  return [node, orchestrator ?? "", name, endpoint ?? ""].join("/");
}

/** In the order in which they judge. */
function policiesOn({ selection }: Evaluator, { labels }: Endpoint, only: string | undefined): MatchRow["policies"] {
  return selection
    .tiersOn(labels, ({ ref }) => only === undefined || formatRef(ref) === only)
    .flatMap(({ policies }) =>
      policies.map(({ ref, head }) => ({
        ...ref,
        tier: head.tier,
        ...(Number.isFinite(head.order) && { order: head.order }),
        selector: subjectText(head.spec, head.namespace),
      })),
    );
}

interface Rule {
  readonly selector: Selector;
  readonly told: RuleMatch;
}

/** Sides of rules that select anybody by labels; what does not parse selects nobody, and is told elsewhere. */
async function rulesOf(owners: readonly KubeObject[], inSlices: Course["inSlices"]): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  await inSlices(owners, (slice) => {
    for (const owner of slice)
      for (const { entity, namespace, ...where } of sidesOf(owner)) {
        const read = attempt(() => ({ told: peerText(entity, namespace), by: peerSelectors(entity, namespace) }));
        if (read?.told === undefined) continue;
        const { text: selector, isNot } = read.told;
        const match = { ...where, ...(isNot && { isNot: true as const }), selector };
        rules.push({ selector: read.by.positive ?? read.by.negative!, told: match }); // it has a text
      }
  });
  return rules.sort((a, b) => compareOwners(a.told.owner, b.told.owner));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
}

/** Policies first, then profiles; rules of one owner stay in their order. */
function compareOwners(a: ObjectRef, b: ObjectRef): number {
  const key = (ref: ObjectRef): string => `${ref.kind === Profile.kind ? 1 : 0} ${formatRef(ref)}`;
  return key(a) === key(b) ? 0 : key(a) < key(b) ? -1 : 1;
}
