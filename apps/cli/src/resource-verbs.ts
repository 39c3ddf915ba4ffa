/** The verbs on objects, as they are typed. */
import { exitCodes } from "@percale/protocol";
import { Option } from "commander";
import type { Command } from "commander";
import { ExitError } from "./exit-error.ts";
import type { ReadOptions } from "./manifests/read.ts";
import { parseOutput } from "./output/format.ts";
import { withGlobals } from "./shell.ts";
import type { Shell } from "./shell.ts";
import type { Validation, WriteOptions, WriteVerb } from "./verbs/write.ts";
import { oneAsked, parseAsked } from "./verbs/asked.ts";
import { getAsked, getFromFiles } from "./verbs/get.ts";
import { parseChoice } from "./words.ts";
import { watchAsked } from "./verbs/watch.ts";
import { writeObjects } from "./verbs/write.ts";
import { deleteObjects } from "./verbs/delete.ts";
import { PATCH_TYPES, labelObject, patchObject } from "./verbs/patch.ts";
import { validateFiles } from "./verbs/validate.ts";

const VALIDATE: { readonly [V in Validation]: V } = { strict: "strict", warn: "warn", ignore: "ignore" };
const warn = (text: string): void => console.error(text);
const say = (text: string): void => void process.stdout.write(text);

interface FileFlags extends ReadOptions {
  readonly filename?: readonly string[];
  readonly namespace?: string;
}

export function addResourceCommands(program: Command, shell: Shell): void {
  addGet(program.command("get"), shell);
  addGet(program.command("watch"), shell);
  addWrite(program.command("create"), shell, "make the objects of files").option(
    "--skip-exists",
    "those that exist are fine",
  );
  addWrite(
    program.command("apply"),
    shell,
    "make the objects of files, or bring those that exist to what the files say",
  );
  addWrite(program.command("replace"), shell, "bring objects that exist to what files say");
  addDelete(program, shell);
  addPatch(program, shell);
  addLabel(program, shell);
  addValidate(program);
}

interface GetFlags extends FileFlags {
  readonly allNamespaces?: true;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly output: string;
  readonly export?: true;
  readonly showManagedFields?: true;
  readonly watch?: true;
  readonly outputWatchEvents?: true;
  readonly a?: true;
}

/** calicoctl's words for how much to log, which come behind `-l`; so does kubectl's selector. */
const LOG_LEVEL = /^(panic|fatal|error|warn|info|debug)$/;

function addGet(command: Command, shell: Shell): void {
  const verb = command.name() === "watch" ? "watch" : "get";
  command
    .description(
      verb === "get"
        ? "show objects: percale get networkpolicies -n shop"
        : "show objects, then every change as it comes",
    )
    .argument("[kind]", "such as tiers, np, or several: tiers,np")
    .argument("[names...]", "all of them if absent")
    .option("-f, --filename <file...>", "those that are in a file, a folder or - for stdin")
    .option("-R, --recursive", "folders in folders too")
    .option("--skip-empty", "files without objects are fine")
    .option("-n, --namespace <namespace>", "default if absent")
    .option("-A, --all-namespaces")
    .option("-l, --selector <labels>", "those with such labels: app=web,tier!=db")
    .option("--field-selector <fields>", "those with such fields: spec.tier=default")
    .option(
      "-o, --output <format>",
      "ps, wide, yaml, json, name, custom-columns=…, go-template=…, go-template-file=…, jsonpath=… or jsonpath-file=…",
      "ps",
    )
    .option("--export", "without what only this cluster knows of those that are named")
    .option("--show-managed-fields", "in YAML and JSON: with who owns which field")
    .addHelpText("after", EXAMPLES[verb]);
  command.addOption(new Option("-a", "as -A").hideHelp()); // calicoctl's
  if (verb === "get")
    command
      .option("-w, --watch", "go on with every change as it comes")
      .option("--output-watch-events", "with -w: say what happened to each");
  withGlobals(command, { isShort: false }).action(
    async (kind: string | undefined, names: string[], flags: GetFlags) => {
      const isLevel = flags.selector !== undefined && LOG_LEVEL.test(flags.selector);
      if (isLevel) command.setOptionValue("logLevel", flags.selector);
      const output = parseOutput(flags.output);
      const options = {
        ...flags,
        output,
        ...(flags.a === true && { allNamespaces: true }),
        ...(flags.selector !== undefined && !isLevel && { labels: flags.selector }),
        ...(flags.fieldSelector !== undefined && { fields: flags.fieldSelector }),
        exported: flags.export === true,
      };
      if ((kind === undefined) === (flags.filename === undefined))
        throw usage(`name a kind (percale ${verb} tiers), or files with -f`);
      const access = (): ReturnType<Shell["access"]> => shell.access(command);
      if (kind === undefined) {
        finish(await getFromFiles(await access(), flags.filename!, options));
        return;
      }
      const asked = await parseAsked(access, [kind, ...names]);
      if (verb === "get" && flags.watch !== true) {
        finish(await getAsked(await access(), asked, options));
        return;
      }
      await watchAsked(await access(), asked, {
        ...options,
        events: verb === "watch" || flags.outputWatchEvents === true,
        say,
      });
    },
  );
}

/** What was found comes before what is wrong with the rest. */
function finish({ text, faults }: { readonly text: string; readonly faults: readonly string[] }): void {
  say(text);
  if (faults.length > 0) throw new ExitError(faults.join("\n"));
}

const EXAMPLES = {
  get: `
Examples:
  percale get tiers                                   every tier, in order
  percale get np -A -o wide                           policies of all namespaces, with order and selector
  percale get gnp,np                                  of two kinds
  percale get np web -n shop -o yaml > web.yaml       to edit, and apply again
  percale get nodes -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'
  percale get np -w                                   go on with every change`,
  watch: `
Examples:
  percale watch np -A                                 who writes what, as it happens
  percale watch tiers -o json                         a JSON object of each change`,
} as const;

function withFiles(command: Command): Command {
  return command
    .option("-f, --filename <file...>", "file, folder or - for stdin")
    .option("-R, --recursive", "folders in folders too")
    .option("--skip-empty", "files without objects are fine");
}

interface WriteFlags extends FileFlags, Pick<WriteOptions, "dryRun" | "skipExists"> {
  readonly validate: string;
}

function addWrite(command: Command, shell: Shell, description: string): Command {
  const verb = command.name() as WriteVerb; // they are called by what they do
  withFiles(command.description(description))
    .option("-n, --namespace <namespace>", "for objects that name none")
    .option("--dry-run", "check only, store nothing")
    .option("--validate <how>", "unknown fields: strict refuses, warn drops and says so, ignore drops them", "strict")
    .addHelpText("after", `\nExamples:\n  percale ${verb} -f policies/ -R\n  cat policy.yaml | percale ${verb} -f -`);
  return withGlobals(command).action(async ({ validate, ...flags }: WriteFlags) => {
    // kubectl's true and false are strict and ignore.
    const how = parseChoice<Validation>("--validate", validate, VALIDATE, { true: "strict", false: "ignore" });
    const files = filesOf(flags);
    say(await writeObjects(() => shell.access(command), verb, files, { ...flags, validate: how, warn, say }));
  });
}

function addDelete(program: Command, shell: Shell): void {
  const command = withFiles(program.command("delete").description("delete objects by file or by name"))
    .argument("[kind]")
    .argument("[names...]")
    .option("-n, --namespace <namespace>", "default if absent")
    .option("-s, --skip-not-exists", "missing ones are fine")
    .option("--dry-run", "check only, delete nothing")
    .addHelpText("after", "\nExamples:\n  percale delete np web -n shop\n  percale delete -f policies/");
  withGlobals(command).action(
    async (kind: string | undefined, names: string[], flags: FileFlags & { skipNotExists?: true; dryRun?: true }) => {
      const options = { ...flags, skipMissing: flags.skipNotExists === true, warn, say };
      const access = (): ReturnType<Shell["access"]> => shell.access(command);
      if (flags.filename !== undefined) {
        say(await writeObjects(access, "delete", flags.filename, options));
        return;
      }
      const asked = kind === undefined ? [] : await parseAsked(access, [kind, ...names]);
      if (asked.length === 0 || asked.some((one) => one.names.length === 0))
        throw usage("name a kind and objects, or a file with -f");
      say(await deleteObjects(await access(), asked, options));
    },
  );
}

function addPatch(program: Command, shell: Shell): void {
  const command = program
    .command("patch")
    .description("change some fields of an object")
    .argument("<kind>")
    .argument("[name]")
    .requiredOption("-p, --patch <patch>", "JSON or YAML")
    .option("-t, --type <type>", "strategic, json or merge", "strategic")
    .option("-n, --namespace <namespace>", "default if absent")
    .option("--dry-run", "check only, store nothing")
    .addHelpText(
      "after",
      `
Examples:
  percale patch ippool v4 -p '{"spec":{"natOutgoing":true}}'
  percale patch np web -n shop -t json -p '[{"op":"replace","path":"/spec/order","value":10}]'`,
    );
  withGlobals(command).action(
    async (
      kind: string,
      name: string | undefined,
      flags: { patch: string; type: string; namespace?: string; dryRun?: true },
    ) => {
      const types = Object.fromEntries(Object.keys(PATCH_TYPES).map((one) => [one, one as keyof typeof PATCH_TYPES]));
      const type = parseChoice("--type", flags.type, types);
      const one = await oneAsked(() => shell.access(command), [kind, name], flags);
      say(await patchObject(await shell.access(command), one, flags.patch, { ...flags, type, warn }));
    },
  );
}

function addLabel(program: Command, shell: Shell): void {
  const command = program
    .command("label")
    .description("set, change or remove a label of an object")
    .argument("<kind>")
    .argument("<name>")
    .argument("<label>", "key=value; with --remove the key")
    .option("-n, --namespace <namespace>", "default if absent")
    .option("--overwrite", "change the value that it has")
    .option("--remove", "take it away")
    .addHelpText("after", "\nExamples:\n  percale label node n1 rack=a\n  percale label node n1 rack --remove");
  withGlobals(command).action(
    async (
      kind: string,
      name: string,
      label: string,
      flags: { namespace?: string; overwrite?: true; remove?: true },
    ) => {
      const one = await oneAsked(() => shell.access(command), [kind, name], flags);
      say(await labelObject(await shell.access(command), one, label, flags));
    },
  );
}

function addValidate(program: Command): void {
  const command = withFiles(program.command("validate").description("check the objects of files; asks no server"))
    .option("-n, --namespace <namespace>", "for objects that name none")
    .addHelpText("after", "\nExamples:\n  percale validate -f policies/ -R");
  withGlobals(command).action(async (flags: FileFlags) => {
    const files = filesOf(flags);
    say(await validateFiles(files, flags, say));
  });
}

function filesOf({ filename }: FileFlags): readonly string[] {
  if (filename !== undefined) return filename;
  throw usage("name files with -f: a file, a folder, or - for stdin");
}

function usage(message: string): ExitError {
  return new ExitError(message, { code: exitCodes.percale.usage.code });
}
