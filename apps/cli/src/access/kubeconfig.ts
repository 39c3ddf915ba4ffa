import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";
import { ExitError } from "../exit-error.ts";
import type { Access } from "../rest/client.ts";

/** A program that says who one is. Source: kubernetes `staging/src/k8s.io/client-go/pkg/apis/clientauthentication`. */
export interface CredentialPlugin {
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly apiVersion: string;
}

interface Context {
  readonly access: Access;
  readonly plugin?: CredentialPlugin;
}

interface Entry {
  /** Of the file: what it names is relative to that. */
  readonly folder: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What reads the text: YAML's parser, or JSON's where that is enough. */
export type Parse = (text: string) => unknown;

/** A context, the current one if none is named. `paths` may name several files, as KUBECONFIG does: the first to say something wins. */
export function readContext(paths: string, parse: Parse, wanted?: string): Context {
  const several = paths.split(delimiter).filter((path) => path !== "");
  // Of several some may be missing, as kubectl has it.
  const there = several.length > 1 ? several.filter((path) => existsSync(path)) : several;
  return contextOf(
    there.map((path) => ({ path, folder: dirname(resolve(path)), config: parseConfig(path, readText(path), parse) })),
    wanted,
  );
}

/** The same of a text that is somewhere else, such as in a configuration. */
export function parseKubeconfig(text: string, where: string, parse: Parse, wanted?: string): Context {
  return contextOf([{ path: where, folder: process.cwd(), config: parseConfig(where, text, parse) }], wanted);
}

/** Every context that there is, for whoever completes words. */
export function contextNames(paths: string, parse: Parse): readonly string[] {
  return paths.split(delimiter).flatMap((path) => {
    if (!existsSync(path)) return [];
    const { contexts } = parseConfig(path, readText(path), parse);
    return (Array.isArray(contexts) ? contexts : []).map((one: { name?: unknown }) => String(one.name));
  });
}

/** YAML takes as long to load as all the rest of a command; JSON is YAML too, and what `npm start` writes. */
export async function parserFor(text: string): Promise<Parse> {
  try {
    JSON.parse(text);
    return JSON.parse;
  } catch {
    const { parse } = await import("yaml");
    return parse;
  }
}

interface ConfigFile {
  readonly path: string;
  readonly folder: string;
  readonly config: Readonly<Record<string, unknown>>;
}

function contextOf(files: readonly ConfigFile[], wanted: string | undefined): Context {
  const find = (list: string, name: unknown): Entry | undefined => {
    for (const { folder, config } of files)
      for (const item of (config[list] ?? []) as readonly Record<string, unknown>[])
        if (item["name"] === name)
          return { folder, fields: (item[list.slice(0, -1)] ?? {}) as Readonly<Record<string, unknown>> };
    return undefined;
  };
  const current = wanted ?? files.map(({ config }) => config["current-context"]).find(Boolean);
  const context = find("contexts", current);
  if (wanted !== undefined && context === undefined) {
    const known = files.flatMap(({ config }) =>
      ((config["contexts"] ?? []) as { name: string }[]).map(({ name }) => name),
    );
    throw new ExitError(
      `context "${wanted}" does not exist; ${files.map(({ path }) => path).join(", ")} has ${known.join(", ") || "none"}`,
    );
  }
  const cluster = find("clusters", context?.fields["cluster"]) ?? EMPTY;
  const user = find("users", context?.fields["user"]) ?? EMPTY;
  const serverName = text(cluster, "tls-server-name");
  const plugin = user.fields["exec"] as CredentialPlugin | undefined;
  return {
    access: {
      server: text(cluster, "server") ?? "https://127.0.0.1:5443",
      ca: inlineOrFile(cluster, "certificate-authority"),
      token: text(user, "token") ?? tokenFile(user),
      cert: inlineOrFile(user, "client-certificate"),
      key: inlineOrFile(user, "client-key"),
      ...(cluster.fields["insecure-skip-tls-verify"] === true && { insecure: true }),
      ...(serverName !== undefined && { serverName }),
    },
    ...(plugin !== undefined && { plugin }),
  };
}

const EMPTY: Entry = { folder: "", fields: {} };

/** A file that npm start wrote, or kubectl's own; what is missing shows as a failed connection. */
function parseConfig(path: string, source: string, parse: Parse): Readonly<Record<string, unknown>> {
  let config: unknown;
  try {
    config = parse(source);
  } catch (cause) {
    const [line] = cause instanceof Error ? cause.message.split("\n") : [String(cause)];
    throw new ExitError(`${path} is no kubeconfig: ${line}`, { cause });
  }
  if (typeof config === "object" && config !== null && Array.isArray((config as { clusters?: unknown }).clusters))
    return config as Readonly<Record<string, unknown>>;
  throw new ExitError(`${path} is no kubeconfig: it names no clusters`);
}

function text({ fields }: Entry, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function tokenFile(user: Entry): string | undefined {
  const path = text(user, "tokenFile");
  return path === undefined ? undefined : readText(resolve(user.folder, path)).trim();
}

function inlineOrFile(entry: Entry, name: string): string | undefined {
  const inline = text(entry, `${name}-data`);
  if (inline !== undefined) return Buffer.from(inline, "base64").toString();
  const path = text(entry, name);
  return path === undefined ? undefined : readText(resolve(entry.folder, path));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ExitError(isMissing ? `no kubeconfig at ${path}; npm start writes it` : `cannot read ${path}: ${why}`, {
      cause,
    });
  }
}
