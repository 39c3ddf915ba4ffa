import type { KubeObject } from "@percale/resources";
import type { Access } from "../rest/client.ts";
import { readTargets } from "../verbs/write.ts";
import type { ReadOptions } from "../manifests/read.ts";
import type { Scope } from "../manifests/target.ts";
import { rehearse } from "./rehearse.ts";
import type { Rehearsed } from "./rehearse.ts";
import { unifiedDiff } from "./unified.ts";

/** What applying the files would change in each object, as the server would store it; "" if nothing. */
export async function diffFiles(
  ask: () => Promise<Access>,
  files: readonly string[],
  options: Scope & ReadOptions,
): Promise<string> {
  const targets = await readTargets(files, options, "strict");
  const { textOf } = await import("./object-text.ts");
  return (await rehearse(await ask(), targets)).map((one) => diffOf(one, textOf)).join("");
}

function diffOf({ target, stored, wouldBe, isSame }: Rehearsed, textOf: (object: KubeObject) => string): string {
  if (isSame) return "";
  const { plural } = target.kind;
  const name = [plural, target.namespace, wouldBe.metadata.name].filter((part) => part !== undefined).join("/");
  return unifiedDiff(stored === undefined ? "" : textOf(stored), textOf(wouldBe), {
    before: stored === undefined ? "/dev/null" : `stored/${name}`,
    after: `applied/${name}`,
  });
}
