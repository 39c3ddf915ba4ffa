/** What may come next on a command line. Whatever goes wrong on the way is no candidate: a shell that completes words shows no errors. */
import type { Command, Option } from "commander";
import { ownKinds } from "../rest/kinds.ts";

/** What the server and this machine know; each may take its time, and may fail. */
export interface Known {
  /** Names of objects of a kind, by any of its words; of one namespace, if it has any. */
  readonly names: (kind: string, namespace: string | undefined) => Promise<readonly string[]>;
  readonly contexts: () => Promise<readonly string[]>;
}

export interface Candidates {
  readonly words: readonly string[];
  /** Files, as the shell itself completes them. */
  readonly files?: true;
}

const OUTPUTS = [
  "ps",
  "wide",
  "yaml",
  "json",
  "name",
  "custom-columns=",
  "go-template=",
  "go-template-file=",
  "jsonpath=",
];
const LEVELS = ["panic", "fatal", "error", "warn", "info", "debug"];

/** Of options that take a value: which, by the option's long name. */
const VALUES: Readonly<Record<string, Candidates>> = {
  "--filename": { words: [], files: true },
  "--kubeconfig": { words: [], files: true },
  "--config": { words: [], files: true },
  "--log-level": { words: LEVELS },
  "--validate": { words: ["strict", "warn", "ignore"] },
  "--type": { words: ["strategic", "json", "merge"] },
  "--proto": { words: ["tcp", "udp", "icmp", "icmpv6"] },
};

/** `line`: the words behind the program's name, the last of which is being typed. */
export async function candidatesFor(program: Command, line: readonly string[], known: Known): Promise<Candidates> {
  const typed = line.at(-1) ?? "";
  const { command, words, pending, namespace } = readLine(program, line.slice(0, -1));
  const found = await offered(command, { typed, words, pending, namespace, known }).catch(() => NONE);
  return { ...found, words: found.words.filter((word) => word.startsWith(typed)) };
}

const NONE: Candidates = { words: [] };

interface Place {
  readonly typed: string;
  /** Arguments so far. */
  readonly words: readonly string[];
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
  readonly namespace: string | undefined;
  readonly known: Known;
}

async function offered(command: Command, place: Place): Promise<Candidates> {
  const { typed, pending, words } = place;
  if (pending !== undefined) return valuesOf(command, pending, place);
  if (typed.startsWith("-"))
    return { words: command.options.filter(({ hidden }) => !hidden).flatMap(({ long, short }) => long ?? short ?? []) };
  const below = command.commands.filter(({ _hidden }: Command & { _hidden?: boolean }) => _hidden !== true);
  if (below.length > 0) return words.length > 0 ? NONE : { words: below.map((one) => one.name()) };
  return argumentsOf(command, place);
}

async function valuesOf(command: Command, { long }: Option, { known }: Place): Promise<Candidates> {
  if (long === "--namespace") return { words: await known.names("namespaces", undefined) };
  if (long === "--context") return { words: await known.contexts() };
  if (long === "--node") return { words: await known.names("nodes", undefined) };
  if (long === "--output") return { words: takesKind(command) ? OUTPUTS : ["ps", "wide", "yaml", "json"] };
  return VALUES[long ?? ""] ?? NONE;
}

async function argumentsOf(command: Command, { typed, words, namespace, known }: Place): Promise<Candidates> {
  const full = fullName(command);
  if (full === "completion") return { words: ["bash", "zsh", "fish"] };
  if (full === "host") return { words: await known.names("nodes", undefined) };
  if (full === "policy") return { words: await policyNames(known) };
  if (!takesKind(command)) return NONE;
  const [kind] = words;
  if (kind === undefined) return { words: kindWords(typed) };
  const many = command.registeredArguments[1]?.variadic === true;
  if (!many && words.length > 1) return NONE;
  const names = await known.names(kind, namespace);
  return { words: names.filter((name) => !words.includes(name)) };
}

function fullName(command: Command): string {
  return command.name();
}

/** Its first argument is a kind, its next are names. */
function takesKind(command: Command): boolean {
  const [first] = command.registeredArguments;
  return first?.name() === "kind" || first?.name() === "what";
}

/** Of a list such as `np,gnp` the last. */
function kindWords(typed: string): readonly string[] {
  const before = typed.slice(0, typed.lastIndexOf(",") + 1);
  const plurals = ownKinds.map(({ plural }) => plural);
  const short = ownKinds.flatMap(({ aliases }) => aliases);
  const last = typed.slice(before.length);
  const fitting = plurals.filter((word) => word.startsWith(last));
  return (fitting.length > 0 ? fitting : short).map((word) => `${before}${word}`);
}

/** Of all namespaces, as `policy` takes them. */
async function policyNames(known: Known): Promise<readonly string[]> {
  const [global, own] = await Promise.all([
    known.names("globalnetworkpolicies", undefined),
    known.names("networkpolicies", "*"),
  ]);
  return [...global, ...own];
}

/** The command that a line has come to, and what has been said to it. */
function readLine(
  program: Command,
  line: readonly string[],
): Omit<Place, "typed" | "known"> & { readonly command: Command } {
  let command = program;
  let pending: Option | undefined;
  let namespace: string | undefined;
  const words: string[] = [];
  for (const word of line) {
    if (pending !== undefined) {
      if (pending.long === "--namespace") namespace = word;
      pending = undefined;
      continue;
    }
    if (word.startsWith("-")) {
      const [flag] = word.split("=");
      const option = command.options.find(({ short, long }) => flag === short || flag === long);
      if (option?.long === "--namespace" && word.includes("=")) namespace = word.slice(word.indexOf("=") + 1);
      if (option !== undefined && (option.required || option.optional) && !word.includes("=")) pending = option;
      continue;
    }
    const below = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (below !== undefined && words.length === 0) command = below;
    else words.push(word);
  }
  return { command, pending, namespace, words };
}
