"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../trpc/client.ts";

export interface Rights {
  /** Why writing is not offered; undefined while it is. */
  readonly readOnly: string | undefined;
  readonly notAdmin: string | undefined;
}

/** Who is signed in; undefined until it is known. Asked once per tab. */
export function useMe() {
  const trpc = useTRPC();
  return useQuery(trpc.session.whoami.queryOptions(undefined, { staleTime: Infinity })).data;
}

/** What the signed-in user may do, as reasons for what is disabled. Until it is known nothing is forbidden: the server decides anyway. */
export function useRights(): Rights {
  const data = useMe();
  if (data === undefined) return { readOnly: undefined, notAdmin: undefined };
  const groups = data.groups.length === 0 ? "no group" : data.groups.join(", ");
  return {
    readOnly: data.rights.write
      ? undefined
      : `${data.user} (${groups}) may read only. Writing needs the group percale:editors.`,
    notAdmin: data.rights.admin
      ? undefined
      : `${data.user} (${groups}) may not manage tokens. That needs the group system:masters.`,
  };
}
