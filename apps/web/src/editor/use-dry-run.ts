"use client";
import type { Change } from "@percale/protocol";
import type { KubeObject } from "@percale/resources/catalog";
import { useEffect, useMemo, useState } from "react";
import { failureOf, useTRPCClient } from "../trpc/client.ts";
import { toWire } from "../trpc/wire.ts";
import type * as Checks from "./checks.ts";
import type { Complaint, Draft } from "./use-draft.ts";

/** Complaints of the same checks that the server runs, as one types; then the server's own, by a dry run. */
export function useDryRun({ draft, isNew }: { readonly draft: Draft; readonly isNew: boolean }): {
  readonly complaints: readonly Complaint[];
  readonly isChecking: boolean;
} {
  const client = useTRPCClient();
  const { candidate, isDirty } = draft;
  const checks = useChecks({ wanted: isDirty });
  const local = useMemo(
    () => (candidate === undefined ? [] : (checks?.complaintsAbout(candidate, { isNew }) ?? [])),
    [candidate, checks, isNew],
  );
  const [server, setServer] = useState<{
    readonly of: KubeObject | undefined;
    readonly complaints: readonly Complaint[];
  }>({ of: undefined, complaints: [] });
  const isBlocked = local.some((complaint) => complaint.severity === "error");
  useEffect(() => {
    if (candidate === undefined || !isDirty || isBlocked) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const change: Change = { op: isNew ? "create" : "update", object: candidate };
      client.changes.submit
        .mutate({ changes: toWire([change]), dryRun: true }, { signal: abort.signal })
        .then(() => setServer({ of: candidate, complaints: [] }))
        .catch((error: unknown) => {
          if (!abort.signal.aborted) setServer({ of: candidate, complaints: serverComplaints(error) });
        });
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [candidate, client, isBlocked, isDirty, isNew]);
  const isChecking = isDirty && !isBlocked && candidate !== undefined && server.of !== candidate;
  return { complaints: isBlocked || server.of !== candidate ? local : [...local, ...server.complaints], isChecking };
}

/**
 * Loaded with the first change; undefined until they are here. Where they can't be loaded the server's dry run is left, which is the
 * last word anyway.
 */
function useChecks({ wanted }: { readonly wanted: boolean }): typeof Checks | undefined {
  const [checks, setChecks] = useState<typeof Checks>();
  useEffect(() => {
    if (!wanted) return undefined;
    let stopped = false;
    const load = async () => {
      const loaded = await import("./checks.ts");
      if (!stopped) setChecks(loaded);
    };
    load().catch(() => undefined);
    return () => {
      stopped = true;
    };
  }, [wanted]);
  return checks;
}

function serverComplaints(error: unknown): readonly Complaint[] {
  const failure = failureOf(error);
  // A server that does not answer is no fault of the text.
  if (failure.kind === "unavailable") return [{ field: "", message: failure.message, severity: "warning" }];
  if (failure.causes.length === 0) return [{ field: "", message: failure.message, severity: "error" }];
  return failure.causes.map((cause) => ({ ...cause, severity: "error" }));
}
