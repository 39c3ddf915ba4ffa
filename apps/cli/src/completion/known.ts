import type { Command } from "commander";
import { kubeconfigPaths } from "../access/choose.ts";
import { contextNames } from "../access/kubeconfig.ts";
import type { AccessFlags } from "../access/choose.ts";
import type { Access } from "../rest/client.ts";
import { call } from "../rest/client.ts";
import { pathOf, resolveKind } from "../rest/kinds.ts";
import type { Shell } from "../shell.ts";
import type { Known } from "./candidates.ts";

const METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
/** Nobody chooses among more. */
const MOST = 500;

/** Asks the server and the kubeconfig that the command line so far names. */
export function askedKnown(shell: Shell, command: Command, flags: AccessFlags): Known {
  const access = (): Promise<Access> => shell.anyAccess(command);
  return {
    contexts: async () => {
      const paths = kubeconfigPaths(shell.config, flags);
      const { parse } = await import("yaml");
      return paths === undefined ? [] : contextNames(paths, parse);
    },
    names: async (typed, namespace) => {
      const kind = await resolveKind(access, typed.split(",")[0]!);
      const isAll = namespace === "*";
      const path = `${pathOf(kind, isAll ? undefined : (namespace ?? "default"))}?limit=${MOST}`;
      const { items } = (await call(await access(), "GET", path, { headers: { accept: METADATA } })) as {
        readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace?: string } }[];
      };
      return items.map(({ metadata }) => (isAll ? `${metadata.namespace ?? ""}/${metadata.name}` : metadata.name));
    },
  };
}
