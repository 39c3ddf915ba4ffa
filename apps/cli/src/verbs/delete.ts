import { wordsOfRefusal } from "../manifests/fault.ts";
import { idOf, namespaceFor } from "../manifests/target.ts";
import type { Scope } from "../manifests/target.ts";
import type { Access } from "../rest/client.ts";
import { send } from "../rest/client.ts";
import { pathOf } from "../rest/kinds.ts";
import { scopeOf } from "./asked.ts";
import type { Asked } from "./asked.ts";
import { tell } from "./outcome.ts";
import type { Fault } from "./outcome.ts";

/** Deletes objects that are named; goes on after a refusal. */
export async function deleteObjects(
  access: Access,
  asked: readonly Asked[],
  options: Scope & { readonly skipMissing: boolean; readonly dryRun?: boolean; readonly say: (text: string) => void },
): Promise<string> {
  const query = options.dryRun === true ? "?dryRun=All" : "";
  const all = asked.flatMap((one) => {
    const { kind, names } = one;
    const namespace = namespaceFor(kind, scopeOf(options, one, asked), true);
    return names.map((name) => ({ kind, namespace, name }));
  });
  const faults: Fault[] = [];
  for (const { kind, namespace, name } of all) {
    if (kind.readOnly) {
      faults.push({
        kind: kind.kind,
        words: `operation delete is not supported on ${kind.kind}: resource is readonly`,
      });
      continue;
    }
    const reply = await send(access, "DELETE", `${pathOf(kind, namespace, name)}${query}`);
    if (reply.status < 400 || (options.skipMissing && reply.status === 404)) continue;
    faults.push({ kind: kind.kind, words: wordsOfRefusal(reply, idOf(kind.kind, namespace, name), "delete") });
  }
  return tell("delete", { kinds: all.map(({ kind }) => kind.kind), faults }, options.say);
}
