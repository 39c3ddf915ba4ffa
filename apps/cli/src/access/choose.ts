/** Which server is asked, and as whom: the first of these that says it. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isPlugin } from "../config.ts";
import type { CliConfig } from "../config.ts";
import { ExitError } from "../exit-error.ts";
import type { Access } from "../rest/client.ts";
import { parseKubeconfig, parserFor, readContext } from "./kubeconfig.ts";
import type { CredentialPlugin, Parse } from "./kubeconfig.ts";
import { calicoSettings, fileSettings, ourSettings, readFile } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { askPlugin } from "./plugin.ts";

export interface AccessFlags {
  readonly server?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** calicoctl's file. */
  readonly config?: string;
}

export const CALICO_FILE = "/etc/calico/calicoctl.cfg";

/**
 * Flags, then `PERCALE_…`, then calicoctl's file, then calicoctl's variables (not read beside its file), then what `npm start` wrote, then
 * kubectl's own file. Throws ExitError where nothing says it.
 */
export async function chooseAccess(config: CliConfig, flags: AccessFlags): Promise<Access> {
  const { environment: env } = config;
  const ours = ourSettings(env);
  const wanted = flags.context ?? ours.context;
  if (flags.kubeconfig !== undefined) return kubeconfigAccess(config, flags.kubeconfig, wanted);
  if (flags.server !== undefined) return directAccess({ ...ours, server: flags.server });
  if (flags.config !== undefined) return settingsAccess(config, await readCalicoFile(flags.config), wanted);
  // Whoever names a context means that one's server.
  if (ours.server !== undefined && flags.context === undefined) return directAccess({ ...ours, server: ours.server });
  if (ours.kubeconfig !== undefined) return kubeconfigAccess(config, ours.kubeconfig, wanted);
  if (env["PERCALE_DATA"] !== undefined) return kubeconfigAccess(config, config.kubeconfig, wanted);
  if (existsSync(CALICO_FILE)) return settingsAccess(config, await readCalicoFile(CALICO_FILE), wanted);
  return settingsAccess(config, calicoSettings(env), wanted);
}

/** Where contexts are looked up, for whoever completes words; undefined where there are none. */
export function kubeconfigPaths(config: CliConfig, flags: AccessFlags): string | undefined {
  const { environment: env } = config;
  const said = flags.kubeconfig ?? ourSettings(env).kubeconfig ?? calicoSettings(env).kubeconfig;
  return said ?? defaultKubeconfigs(config).find((path) => existsSync(path));
}

async function settingsAccess(config: CliConfig, said: Settings, wanted: string | undefined): Promise<Access> {
  const context = wanted ?? said.context;
  if (said.server !== undefined) return directAccess({ ...said, server: said.server });
  if (said.kubeconfigInline !== undefined) {
    const parse = await parserFor(said.kubeconfigInline);
    return withPlugin(parseKubeconfig(said.kubeconfigInline, "kubeconfigInline", parse, context), config);
  }
  if (said.kubeconfig !== undefined) return kubeconfigAccess(config, said.kubeconfig, context);
  if (said.etcd === true)
    throw new ExitError(
      "percale asks an API server, and datastoreType etcdv3 names none: say where it is with PERCALE_SERVER, or with server in the spec of the file",
    );
  const path = defaultKubeconfigs(config).find((one) => existsSync(one));
  if (path !== undefined) return kubeconfigAccess(config, path, context);
  throw new ExitError(
    `nothing says where the API server is: set PERCALE_SERVER and PERCALE_TOKEN, or KUBECONFIG; npm start writes ${config.kubeconfig}`,
  );
}

/** What `npm start` wrote, and kubectl's own, which is first where kubectl asks. */
function defaultKubeconfigs({ environment, kubeconfig, calledAs }: CliConfig): readonly string[] {
  const own = join(environment["HOME"] ?? "/", ".kube/config");
  return isPlugin(calledAs) ? [own, kubeconfig] : [kubeconfig, own];
}

/** calicoctl says on stdout that there is none. */
async function readCalicoFile(path: string): Promise<Settings> {
  if (!existsSync(path)) throw new ExitError(`Error reading config file: ${path}`, { onStdout: true });
  const text = readFile(path);
  const parse = await parserFor(text);
  try {
    return fileSettings(parse(text), path);
  } catch (cause) {
    if (cause instanceof ExitError) throw cause;
    throw new ExitError(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function directAccess(said: Settings & { readonly server: string }): Access {
  const read = (path: string | undefined): string | undefined => (path === undefined ? undefined : readFile(path));
  return {
    server: said.server,
    ca: read(said.caFile),
    token: said.token,
    cert: read(said.certFile),
    key: read(said.keyFile),
    ...(said.insecure === true && { insecure: true }),
  };
}

async function kubeconfigAccess(config: CliConfig, paths: string, context: string | undefined): Promise<Access> {
  return withPlugin(readContext(paths, await parserOf(paths), context), config);
}

async function parserOf(paths: string): Promise<Parse> {
  return parserFor(existsSync(paths) && statSync(paths).isFile() ? readFile(paths) : "");
}

async function withPlugin(
  { access, plugin }: { readonly access: Access; readonly plugin?: CredentialPlugin },
  { environment }: CliConfig,
): Promise<Access> {
  if (plugin === undefined) return access;
  return { ...access, ...askPlugin(plugin, environment) };
}
