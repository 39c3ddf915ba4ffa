import type { Command } from "commander";
import { ExitError } from "./exit-error.ts";
import type { Output, WriteVerb } from "./resource-commands.ts";
import { deleteObjects, getObjects, writeObjects } from "./resource-commands.ts";
import type { Access } from "./rest/client.ts";

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
    .option("-o, --output <format>", "yaml, json, wide or name", "ps")
    .action(async (kind: string, names: string[], options: Common & { output: string; selector?: string }) => {
      const output = outputOf(options.output);
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
            : await deleteNamed(access(), kind, names, { ...options, skipMissing });
        process.stdout.write(text);
      },
    );
}

function addWriteCommand(program: Command, access: () => Access, verb: WriteVerb): void {
  program
    .command(verb)
    .description(`${verb} the objects of a file`)
    .requiredOption("-f, --filename <file...>", "file, folder or - for stdin")
    .option("-n, --namespace <namespace>", "for objects that name none")
    .option("--dry-run", "check only, store nothing")
    .action(async ({ filename, ...options }: Common & { filename: string[]; dryRun?: true }) => {
      process.stdout.write(await writeObjects(access(), verb, filename, options));
    });
}

async function deleteNamed(
  access: Access,
  kind: string | undefined,
  names: readonly string[],
  options: Common & { readonly skipMissing: boolean },
): Promise<string> {
  if (kind === undefined || names.length === 0)
    throw new ExitError("name a kind and objects, or a file with -f", { code: 2 });
  return deleteObjects(access, kind, names, options);
}

function outputOf(text: string): Output {
  if (text === "yaml" || text === "json" || text === "wide" || text === "name" || text === "ps") return text;
  throw new ExitError(`unrecognized output format '${text}'`, { code: 2 });
}
