import type { Command } from "commander";
import { exitCodes } from "@percale/protocol";
import { ExitError } from "./exit-error.ts";
import type { Output, Validation, WriteVerb } from "./resource-commands.ts";
import { deleteObjects, getObjects, writeObjects } from "./resource-commands.ts";
import type { Access } from "./rest/client.ts";
import { parseChoice } from "./words.ts";

const OUTPUTS: { readonly [O in Output]: O } = { ps: "ps", wide: "wide", yaml: "yaml", json: "json", name: "name" };
const VALIDATE: { readonly [V in Validation]: V } = { strict: "strict", warn: "warn", ignore: "ignore" };
const warn = (text: string): void => console.error(text);

interface Common {
  readonly namespace?: string;
  readonly allNamespaces?: true;
}

export function addResourceCommands(program: Command, access: () => Access): void {
  program
    .command("get")
    .description("show objects: percale get networkpolicies -n shop")
    .argument("<kind>")
    .argument("[names...]")
    .option("-n, --namespace <namespace>", "default if absent")
    .option("-A, --all-namespaces")
    .option("-l, --selector <labels>", "label selector")
    .option("-o, --output <format>", "ps, wide, yaml, json or name", "ps")
    .action(async (kind: string, names: string[], options: Common & { output: string; selector?: string }) => {
      const output = parseChoice<Output>("--output", options.output, OUTPUTS, { yml: "yaml" });
      process.stdout.write(await getObjects(access(), kind, names, { ...options, output }));
    });
  for (const verb of ["create", "apply", "replace"] as const) addWriteCommand(program, access, verb);
  program
    .command("delete")
    .description("delete objects by file or by name")
    .argument("[kind]")
    .argument("[names...]")
    .option("-f, --filename <file...>", "file, folder or - for stdin")
    .option("-n, --namespace <namespace>")
    .option("-s, --skip-not-exists", "missing ones are fine")
    .action(
      async (
        kind: string | undefined,
        names: string[],
        options: Common & { filename?: string[]; skipNotExists?: true },
      ) => {
        const skipMissing = options.skipNotExists === true;
        const text =
          options.filename !== undefined
            ? await writeObjects(access(), "delete", options.filename, { ...options, skipMissing })
            : await deleteNamed(access, kind, names, { ...options, skipMissing });
        process.stdout.write(text);
      },
    );
}

interface WriteFlags {
  readonly filename: readonly string[];
  readonly validate: string;
  readonly dryRun?: true;
}

function addWriteCommand(program: Command, access: () => Access, verb: WriteVerb): void {
  program
    .command(verb)
    .description(`${verb} the objects of a file`)
    .requiredOption("-f, --filename <file...>", "file, folder or - for stdin")
    .option("-n, --namespace <namespace>", "for objects that name none")
    .option("--dry-run", "check only, store nothing")
    .option("--validate <how>", "unknown fields: strict refuses, warn drops and says so, ignore drops them", "strict")
    .action(async ({ filename, validate, ...options }: Common & WriteFlags) => {
      // kubectl's true and false are strict and ignore.
      const how = parseChoice<Validation>("--validate", validate, VALIDATE, { true: "strict", false: "ignore" });
      process.stdout.write(await writeObjects(access(), verb, filename, { ...options, validate: how, warn }));
    });
}

async function deleteNamed(
  access: () => Access,
  kind: string | undefined,
  names: readonly string[],
  options: Common & { readonly skipMissing: boolean },
): Promise<string> {
  if (kind === undefined || names.length === 0)
    throw new ExitError("name a kind and objects, or a file with -f", { code: exitCodes.percale.usage.code });
  return deleteObjects(access(), kind, names, options);
}
