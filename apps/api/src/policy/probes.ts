import type { Decision, Evaluator, Explanation, HalfDecision, Query } from "@percale/policy";
import { badRequest, formatRef, Tier } from "@percale/resources";
import { calledBy, entryOf } from "../lists/endpoint-entry.ts";
import { endpointMeant } from "../lists/endpoints.ts";
import type { JudgedProbe, LabMatrixView, LabWorkload } from "../trpc/views.ts";
import { decisionText } from "./decision-text.ts";
import { keyOf } from "./pairs.ts";
import { exactPeer } from "./peer.ts";
import type { Course } from "./questions.ts";
import type { World } from "./world.ts";

/** What the lab's packets met beside what the evaluator says of them, under the names that people know; the rows, the newest of each pair. Throws StatusError 400 if they are too many. */
export async function probes(world: World, lab: LabMatrixView, { rows, inSlices }: Course): Promise<void> {
  const { evaluator } = world;
  const endOf = endsOf(world, lab);
  const newest = newestOf(lab.probes);
  await inSlices(newest, (slice) => {
    for (const { from, to, proto, port, allowed, at, flippedAt } of slice) {
      const [source, destination] = [endOf(from), endOf(to)];
      const question = { protocol: proto.toUpperCase(), ...(port !== undefined && port !== 0 && { port }) };
      const told = judge(evaluator, { source, destination, ...question });
      const row: JudgedProbe = {
        source: source.called,
        destination: destination.called,
        ...question,
        allowed,
        at,
        ...(flippedAt !== undefined && { flippedAt }),
        ...told,
      };
      if (!rows.add(row))
        throw badRequest(`${newest.length} probes with their decisions are longer than an answer may be`);
    }
  });
}

/** So many at most are asked about each change set. */
const MAX_PAIRS = 1_000;

/** Each pair that the lab probes, as a question; those with an end that nobody knows are none. */
export function probedPairs(world: World, lab: LabMatrixView): readonly Query[] {
  const endOf = endsOf(world, lab);
  return newestOf(lab.probes)
    .slice(0, MAX_PAIRS)
    .flatMap(({ from, to, proto, port }) => {
      const [source, destination] = [endOf(from).asked, endOf(to).asked];
      if (source === undefined || destination === undefined) return [];
      const hasPort = port !== undefined && port !== 0;
      return [
        {
          from: exactPeer(source),
          to: exactPeer(destination),
          protocol: proto.toUpperCase(),
          ...(hasPort && { port }),
        },
      ];
    });
}

interface End {
  readonly called: string;
  /** What can be asked about: `namespace/name` of an endpoint, or an address. */
  readonly asked: string | undefined;
}

/** Whom each name of a report means, looked for once: to find a name that is nobody's takes a look at everybody. */
function endsOf(world: World, { workloads }: LabMatrixView): (name: string) => End {
  const ends = new Map<string, End>();
  return (name) => {
    let end = ends.get(name);
    if (end === undefined) ends.set(name, (end = resolve(world, workloads, name)));
    return end;
  };
}

/** A workload of the lab by its name or address, as the endpoint that has its address; else whom the name means. */
function resolve(world: World, workloads: readonly LabWorkload[], name: string): End {
  const workload = workloads.find(
    (each) =>
      each.name === name ||
      `${each.namespace}/${each.name}` === name ||
      each.addresses.some((one) => bare(one) === name),
  );
  const address = workload?.addresses[0] === undefined ? undefined : bare(workload.addresses[0]);
  const owner = address === undefined ? undefined : world.evaluator.endpointAt(address);
  if (owner !== undefined) return { called: calledBy(world.evaluator, owner), asked: owner };
  const meant = workload === undefined ? endpointMeant(world, name) : undefined;
  if (meant !== undefined) return { called: entryOf(meant).text, asked: keyOf(meant) };
  if (workload === undefined) return { called: name, asked: undefined };
  return {
    called: workload.namespace === "" ? workload.name : `${workload.namespace}/${workload.name}`,
    asked: address,
  };
}

interface Asked {
  readonly source: End;
  readonly destination: End;
  readonly protocol: string;
  readonly port?: number;
}

/** Nothing, where an end is nobody's name. */
function judge(
  evaluator: Evaluator,
  { source, destination, ...question }: Asked,
): Pick<JudgedProbe, "predicted" | "text" | "by"> {
  if (source.asked === undefined || destination.asked === undefined) return {};
  const told = evaluator.explain({ from: exactPeer(source.asked), to: exactPeer(destination.asked), ...question });
  return { predicted: told.verdict, text: decisionText(told.decision), by: decidersOf(told) };
}

/** What decides: of a pair that is allowed both sides' last word, of one that is denied the one that denies. */
export function decidersOf({ verdict, decision, egress, ingress }: Explanation): readonly string[] {
  const decisions = verdict === "deny" ? [decision] : [egress?.decision, ingress?.decision];
  return [...new Set(decisions.flatMap((each) => (each === undefined ? [] : nameOf(each))))];
}

function nameOf(decision: Decision | HalfDecision): readonly string[] {
  if (decision.by === "tier") return [formatRef({ kind: Tier.kind, name: decision.tier })];
  if (decision.by !== "rule") return [];
  const { kind, namespace, name } = decision;
  return [formatRef({ kind, name, ...(namespace !== undefined && { namespace }) })];
}

function newestOf(all: LabMatrixView["probes"]): LabMatrixView["probes"] {
  const newest = new Map<string, LabMatrixView["probes"][number]>();
  for (const probe of all) {
    const key = `${probe.from} ${probe.to} ${probe.proto} ${probe.port ?? 0}`;
    const old = newest.get(key);
    if (old === undefined || old.at <= probe.at) newest.set(key, probe);
  }
  return [...newest.values()];
}

function bare(cidr: string): string {
  return cidr.replace(/\/\d+$/, "");
}
