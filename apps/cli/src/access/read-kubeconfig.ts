import { parse } from "yaml";
import type { Access } from "../rest/client.ts";
import { readContext } from "./kubeconfig.ts";

/** The current context of a kubeconfig file, inline data or files. */
export function readKubeconfig(path: string): Access {
  return readContext(path, parse).access;
}
