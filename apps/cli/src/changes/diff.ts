import type { KubeObject } from "@percale/resources";
import { stringify } from "yaml";
import type { Access } from "../rest/client.ts";
import { readTargets } from "../verbs/write.ts";
import type { ReadOptions } from "../manifests/read.ts";
import type { Scope } from "../manifests/target.ts";
import { rehearse, withoutCounts } from "./rehearse.ts";
import type { Rehearsed } from "./rehearse.ts";
import { unifiedDiff } from "./unified.ts";

/** What applying the files would change in each object, as the server would store it; "" if nothing. */
export async function diffFiles(
  ask: () => Promise<Access>,
  files: readonly string[],
  options: Scope & ReadOptions,
): Promise<string> {
  const targets = await readTargets(files, options, "strict");
  return (await rehearse(await ask(), targets)).map(diffOf).join("");
}

function diffOf({ target, stored, wouldBe, isSame }: Rehearsed): string {
  if (isSame) return "";
  const { plural } = target.kind;
  const name = [plural, target.namespace, wouldBe.metadata.name].filter((part) => part !== undefined).join("/");
  return unifiedDiff(stored === undefined ? "" : textOf(stored), textOf(wouldBe), {
    before: stored === undefined ? "/dev/null" : `stored/${name}`,
    after: `applied/${name}`,
  });
}

/** In one order of keys, whoever wrote it. */
export function textOf(object: KubeObject): string {
  return stringify(withoutCounts(object), { sortMapEntries: true, lineWidth: 0 });
}
