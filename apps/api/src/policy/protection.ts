import type { Covered, End, Protection } from "@percale/policy";
import { badRequest, formatRef, Tier } from "@percale/resources";
import type { ProtectionEnd, ProtectionTally, ProtectionView } from "../trpc/views.ts";
import { coverageOf } from "./coverage.ts";
import type { Course } from "./questions.ts";
import type { World } from "./world.ts";

/** How the whole cluster is protected, in numbers; the rows are what has the last word, where no condition does. */
export async function protection(
  world: World,
  { rows, inSlices }: Course,
): Promise<Omit<ProtectionView, "ends" | "revision">> {
  const covered = [...(await coverageOf(world, inSlices)).byEndpoint.values()];
  const sums = { ingress: new Sum(), egress: new Sum() };
  let openBothWays = 0;
  await inSlices(covered, (slice) => {
    for (const { protection: both } of slice) {
      sums.ingress.add(both.ingress);
      sums.egress.add(both.egress);
      if (both.ingress.is === "open" && both.egress.is === "open") openBothWays++;
    }
  });
  const [ingress, egress] = [sums.ingress.ends, sums.egress.ends];
  for (const name of [...new Set([...ingress.keys(), ...egress.keys()])].sort()) {
    const row: ProtectionEnd = { name, ingress: ingress.get(name) ?? 0, egress: egress.get(name) ?? 0 };
    if (!rows.add(row)) throw badRequest("what has the last word is more than an answer may hold");
  }
  return { endpoints: covered.length, openBothWays, ingress: sums.ingress.tally, egress: sums.egress.tally };
}

/** Of one direction. */
class Sum {
  readonly tally: { -readonly [K in keyof ProtectionTally]: number } = { open: 0, partly: 0, closed: 0, byProfile: 0 };
  readonly ends = new Map<string, number>();

  add(protection: Protection): void {
    this.tally[protection.is]++;
    if (isByProfile(protection.end)) this.tally.byProfile++;
    for (const name of new Set(endsOf(protection))) this.ends.set(name, (this.ends.get(name) ?? 0) + 1);
  }
}

/** Of what was passed on too. */
function* endsOf({ end, passed }: Covered["protection"]["ingress"]): Generator<string> {
  const name = nameOf(end);
  if (name !== undefined) yield name;
  if (passed !== undefined) yield* endsOf(passed.to);
}

function nameOf(end: End): string | undefined {
  switch (end.by) {
    case "rule":
      return formatRef(end.ref);
    case "tier":
      return formatRef({ kind: Tier.kind, name: end.tier });
    case "no profile":
      return undefined;
  }
}

/** No policy says anything that has no condition. */
function isByProfile(end: End): boolean {
  return end.by === "no profile" || (end.by === "rule" && end.tier === undefined);
}
