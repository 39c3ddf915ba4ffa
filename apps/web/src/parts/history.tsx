"use client";
import type { ObjectRef } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import { diffValues } from "../editor/diff.ts";
import { SemanticDiff } from "../editor/diff-view.tsx";
import { useRevert } from "../live/write.ts";
import { fromWire } from "../trpc/wire.ts";
import { useTRPC } from "../trpc/client.ts";
import { Age } from "./age.tsx";
import { Loaded } from "./states.tsx";
import { WriteButton } from "./write-button.tsx";

const WORDS = { ADDED: "created it", MODIFIED: "changed it", DELETED: "deleted it" } as const;

/** Every revision of one object, or the last few: who, when, why, what, and the way back. */
export function History({ openRef, limit }: { readonly openRef: ObjectRef; readonly limit?: number }) {
  const trpc = useTRPC();
  const { kind, name, namespace } = openRef;
  const query = useQuery(
    trpc.objects.history.queryOptions(namespace === undefined ? { kind, name } : { kind, namespace, name }),
  );
  const revert = useRevert();
  return (
    <Loaded query={query} what="the history" rows={4}>
      {(entries) => (
        <ol className="history">
          {entries.length === 0 && <li className="muted">No change of it is in the log any more.</li>}
          {entries.slice(0, limit).map((entry) => (
            <li key={entry.revision}>
              <div className="rowb">
                <b className="med">{entry.author}</b>
                <span>{WORDS[entry.op]}</span>
                <span className="muted">
                  <Age at={entry.at} ago /> · revision {entry.revision}
                </span>
                <WriteButton className="btn right" onClick={() => void revert(entry.setEnd, { names: [name] })}>
                  Revert
                </WriteButton>
              </div>
              {entry.reason !== "" && <p className="muted">{entry.reason}</p>}
              {/* Among the last few, what a creation brought is what the object states beside them. */}
              {(limit === undefined || entry.op !== "ADDED") && (
                <SemanticDiff
                  kind={kind}
                  changes={diffValues(
                    editable(entry.previous === undefined ? undefined : fromWire(entry.previous)),
                    entry.op === "DELETED" ? {} : editable(fromWire(entry.object)),
                  )}
                />
              )}
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

/** What people change: labels, annotations and the spec. */
export function editable(
  object:
    | {
        readonly metadata: { readonly labels?: object; readonly annotations?: object };
        readonly spec: unknown;
        readonly status?: unknown;
      }
    | undefined,
): object {
  if (object === undefined) return {};
  const { metadata, ...own } = object;
  const { labels, annotations } = metadata;
  const fields = Object.entries(own).filter(([name]) => name !== "apiVersion" && name !== "kind");
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...Object.fromEntries(fields),
  };
}
