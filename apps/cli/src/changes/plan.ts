/** `percale plan`: what applying files would do, to the objects and to who reaches whom. */
import type { ReadOptions } from "../manifests/read.ts";
import type { Scope } from "../manifests/target.ts";
import type { Access } from "../rest/client.ts";
import { query } from "../rest/trpc.ts";
import { readTargets } from "../verbs/write.ts";
import { rehearse } from "./rehearse.ts";
import type { Rehearsed } from "./rehearse.ts";

interface Decided {
  readonly verdict: "allow" | "deny";
  readonly text: string;
}

/** What the server's `policy.impact` answers, and the dashboard shows. */
export interface Impact {
  readonly examined: number;
  readonly changes: readonly {
    readonly from: string;
    readonly to: string;
    readonly protocol: string;
    readonly port?: number;
    readonly called: { readonly from: string; readonly to: string };
    readonly before: Decided;
    readonly after: Decided;
  }[];
  readonly more?: { readonly denied: number; readonly allowed: number };
  readonly revision: number;
}

export interface Plan {
  readonly objects: readonly {
    readonly op: "create" | "update" | "none";
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    /** `file:line:column` */
    readonly at: string;
  }[];
  /** Absent where no object would change. */
  readonly impact?: Impact;
}

/** Throws ExitError where the server would refuse any of it. */
export async function planFiles(
  ask: () => Promise<Access>,
  files: readonly string[],
  options: Scope & ReadOptions,
): Promise<Plan> {
  const targets = await readTargets(files, options, "strict");
  const access = await ask();
  const rehearsed = await rehearse(access, targets);
  const changed = rehearsed.filter(({ isSame }) => !isSame);
  const objects = rehearsed.map(objectOf);
  if (changed.length === 0) return { objects };
  const changes = changed.map(({ change }) => change);
  return { objects, impact: (await query(access, "policy.impact", { changes })) as Impact };
}

function objectOf({ target, change, isSame, wouldBe }: Rehearsed): Plan["objects"][number] {
  const { kind, namespace, manifest } = target;
  return {
    op: isSame ? "none" : change.op,
    kind: kind.kind,
    ...(namespace !== undefined && { namespace }),
    name: wouldBe.metadata.name,
    at: manifest.locate(""),
  };
}

export function isEmpty({ objects }: Plan): boolean {
  return objects.every(({ op }) => op === "none");
}

const SIGNS = { create: "+", update: "~" } as const;
const ROWS = 50;

export function renderPlan(plan: Plan): string {
  const lines = plan.objects.flatMap(({ op, kind, namespace, name, at }) =>
    op === "none"
      ? []
      : [`${SIGNS[op]} ${op} ${kind} ${namespace === undefined ? "" : `${namespace}/`}${name} (${at})`],
  );
  const same = plan.objects.length - lines.length;
  const summary =
    lines.length === 0
      ? `Nothing changes: ${counted(same, "object is", "objects are")} as the files say.`
      : `${counted(lines.length, "object changes", "objects change")}, ${same} ${same === 1 ? "is" : "are"} as the files say.`;
  return `${[...lines, summary, ...(plan.impact === undefined ? [] : impactLines(plan.impact))].join("\n")}\n`;
}

function impactLines({ examined, changes, more = { denied: 0, allowed: 0 }, revision }: Impact): string[] {
  const turned = changes.filter(({ before, after }) => before.verdict !== after.verdict);
  const denied = turned.filter(({ after }) => after.verdict === "deny").length;
  const [newlyDenied, newlyAllowed] = [denied + more.denied, turned.length - denied + more.allowed];
  const head = `Of ${counted(examined, "pair and port", "pairs and ports")} at revision ${revision}, ${newlyDenied} would be newly denied and ${newlyAllowed} newly allowed.`;
  const rows = turned
    .slice(0, ROWS)
    .flatMap(({ called, protocol, port, before, after }) => [
      `  ${after.verdict === "deny" ? "denied " : "allowed"}  ${called.from} → ${called.to}, ${protocol}${port === undefined ? "" : ` port ${port}`}`,
      `             now: ${before.text}`,
      `            then: ${after.text}`,
    ]);
  const left = newlyDenied + newlyAllowed - Math.min(turned.length, ROWS);
  return [head, ...rows, ...(left > 0 ? [`  and ${left} more; -o json has ${turned.length} of them`] : [])];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
