import type { Evaluator, Shadows } from "@percale/policy";
import { badRequest, kindsWhere, Profile, Tier, WorkloadEndpoint } from "@percale/resources";
import type { ShadowRow } from "../trpc/views.ts";
import type { Course } from "./questions.ts";
import type { World } from "./world.ts";

/** All that it depends on which policy leaves nothing to which. */
const KINDS = [
  ...kindsWhere(({ traits }) => traits.policy === "enforced"),
  Tier.kind,
  Profile.kind,
  WorkloadEndpoint.kind,
];

/** A row for each policy that others leave nothing to. Throws StatusError 400 if they are too many. */
export async function shadows(world: World, { rows, inSlices }: Course): Promise<void> {
  const found = await shadowsOf(world, inSlices);
  for (const [name, by] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row: ShadowRow = { name, by };
    if (!rows.add(row)) throw badRequest(`${found.size} shadowed policies are more than an answer may hold`);
  }
}

/** Of the newest state. What is found already, or being looked for, is not looked for again. */
export function shadowsOf(world: World, inSlices: Course["inSlices"]): Promise<Shadows> {
  const { evaluator, shadows: known } = world;
  if (known !== undefined && KINDS.every((kind) => evaluator.objects.hasSame(kind, known.of))) return known.found;
  const found = find(evaluator, inSlices);
  world.shadows = { of: evaluator.objects, found };
  found.catch(() => {
    if (world.shadows?.found === found) world.shadows = undefined;
  });
  return found;
}

async function find(evaluator: Evaluator, inSlices: Course["inSlices"]): Promise<Shadows> {
  const shadowing = evaluator.shadowing();
  await inSlices(shadowing.endpoints(), (slice) => {
    for (const endpoint of slice) shadowing.look(endpoint);
  });
  return shadowing.done();
}
