/** Who changed what, what a change would do, and how to turn one back. */
import { exitCodes } from "@percale/protocol";
import type { Command } from "commander";
import { ExitError } from "./exit-error.ts";
import type { ReadOptions } from "./manifests/read.ts";
import { withGlobals } from "./shell.ts";
import type { Shell } from "./shell.ts";
import { oneAsked } from "./verbs/asked.ts";
import { parseChoice, parseCount } from "./words.ts";
import { isEmpty, planFiles, renderPlan } from "./changes/plan.ts";
import { commitFiles, confirmChange } from "./changes/commit.ts";
import { diffFiles } from "./changes/diff.ts";
import { showHistory, showObjectHistory } from "./changes/history.ts";
import { revertObject, revertSet } from "./changes/revert.ts";

const say = (text: string): void => void process.stdout.write(text);

interface FileFlags extends ReadOptions {
  readonly filename: readonly string[];
  readonly namespace?: string;
}

export function addChangeCommands(program: Command, shell: Shell): void {
  addPlan(program, shell);
  addDiff(program, shell);
  addCommit(program, shell);
  addConfirm(program, shell);
  addHistory(program, shell);
  addRevert(program, shell);
}

function withFiles(command: Command): Command {
  return command
    .requiredOption("-f, --filename <file...>", "file, folder or - for stdin")
    .option("-R, --recursive", "folders in folders too")
    .option("--skip-empty", "files without objects are fine")
    .option("-n, --namespace <namespace>", "for objects that name none");
}

function addPlan(program: Command, shell: Shell): void {
  const { done, failed, changes } = exitCodes["percale plan, percale diff"];
  const command = withFiles(
    program
      .command("plan")
      .description("what applying files would change, and who would reach whom that does not now, or not any more"),
  )
    .option("-o, --output <format>", "ps or json, which has what the dashboard shows", "ps")
    .addHelpText(
      "after",
      `\nEnds with ${done.code} if nothing changes, ${changes.code} if something does, ${failed.code} if it would be refused.\n\nExamples:\n  percale plan -f policies/ -R`,
    );
  withGlobals(command).action(async ({ output, ...flags }: FileFlags & { output: string }) => {
    const isJson = parseChoice("--output", output, { ps: false, json: true });
    const plan = await planFiles(() => shell.access(command), flags.filename, flags);
    say(isJson ? `${JSON.stringify(plan)}\n` : renderPlan(plan));
    process.exitCode = isEmpty(plan) ? done.code : changes.code;
  });
}

function addDiff(program: Command, shell: Shell): void {
  const { done, failed, changes } = exitCodes["percale plan, percale diff"];
  const command = withFiles(
    program.command("diff").description("the lines that applying files would change in what is stored"),
  ).addHelpText(
    "after",
    `\nEnds with ${done.code} if nothing changes, ${changes.code} if something does, ${failed.code} if it would be refused.\n\nExamples:\n  percale diff -f policy.yaml`,
  );
  withGlobals(command).action(async (flags: FileFlags) => {
    const text = await diffFiles(() => shell.access(command), flags.filename, flags);
    say(text);
    process.exitCode = text === "" ? done.code : changes.code;
  });
}

interface CommitFlags extends FileFlags {
  readonly reason?: string;
  readonly confirmWithin?: number;
}

function addCommit(program: Command, shell: Shell): void {
  const command = withFiles(
    program.command("commit").description("apply files whole: all that they change, as one change set, or nothing"),
  )
    .option("--reason <text>", "kept beside the change")
    .option("--confirm-within <seconds>", "turn it back unless it is confirmed by then; 10 to 86400", (text) =>
      parseCount("--confirm-within", text),
    )
    .addHelpText("after", "\nExamples:\n  percale commit -f policies/ -R --confirm-within 60\n  percale confirm");
  withGlobals(command).action(async (flags: CommitFlags) => {
    say(await commitFiles(() => shell.access(command), flags.filename, flags));
  });
}

function addConfirm(program: Command, shell: Shell): void {
  const command = program
    .command("confirm")
    .description("let a change stay that would be turned back: one's own, or that of this name")
    .argument("[name]", "as percale get pendingchanges shows it");
  withGlobals(command).action(async (name: string | undefined) => {
    say(await confirmChange(await shell.access(command), name));
  });
}

interface HistoryFlags {
  readonly limit: number;
  readonly request?: string;
  readonly namespace?: string;
  readonly diff?: true;
}

function addHistory(program: Command, shell: Shell): void {
  const command = program
    .command("history")
    .description("the newest writes, or those of one object: who, what, why, and by which request")
    .argument("[kind]")
    .argument("[name]")
    .option("--limit <number>", "how many objects' writes to show", (text) => parseCount("--limit", text), 20)
    .option(
      "--request <id>",
      "only those of this request, or of those whose id begins so; looks through all of the log",
    )
    .option("-n, --namespace <namespace>", "of the object; default if absent")
    .option("--diff", "of an object: the lines that each write changed")
    .addHelpText("after", "\nExamples:\n  percale history --limit 5\n  percale history np web -n shop --diff");
  withGlobals(command).action(async (kind: string | undefined, name: string | undefined, flags: HistoryFlags) => {
    if (kind === undefined) {
      say(await showHistory(await shell.access(command), flags));
      return;
    }
    const { ref } = await oneAsked(() => shell.access(command), [kind, name], flags);
    say(await showObjectHistory(await shell.access(command), ref, { limit: flags.limit, isDiff: flags.diff === true }));
  });
}

interface RevertFlags {
  readonly to?: number;
  readonly reason?: string;
  readonly namespace?: string;
  readonly dryRun?: true;
}

function addRevert(program: Command, shell: Shell): void {
  const command = program
    .command("revert")
    .description("turn a change back, or an object to what it was")
    .argument("<what>", "a revision of the change, as percale history shows them; or a kind")
    .argument("[name]")
    .option("--to <revision>", "of an object: as it was then", (text) => parseCount("--to", text))
    .option("--reason <text>", "kept beside the new change")
    .option("-n, --namespace <namespace>", "of the object; default if absent")
    .option("--dry-run", "of an object: only show what would change")
    .addHelpText(
      "after",
      "\nExamples:\n  percale revert 1234 --reason 'too early'\n  percale revert np web -n shop --to 1200",
    );
  withGlobals(command).action(async (what: string, name: string | undefined, flags: RevertFlags) => {
    const access = (): ReturnType<Shell["access"]> => shell.access(command);
    if (/^\d+$/.test(what)) {
      say(await revertSet(await access(), parseCount("the revision", what), flags.reason));
      return;
    }
    if (flags.to === undefined)
      throw new ExitError("say which revision with --to: percale history KIND NAME shows them", {
        code: exitCodes.percale.usage.code,
      });
    const one = await oneAsked(access, [what, name], flags);
    say(
      await revertObject(await access(), { ...one, to: flags.to, reason: flags.reason, dryRun: flags.dryRun === true }),
    );
  });
}
