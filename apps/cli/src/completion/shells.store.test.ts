import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCRIPTS } from "./scripts.ts";

/** The command as a program, by every name that it has. */
const BIN = join(import.meta.dirname, "../../bin");
const isThere = (program: string): boolean => spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;

let api: TestApi;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  api = await startAnyApi();
  // As it is installed, from today's sources.
  expect(spawnSync(process.execPath, [join(BIN, "../bundle.mjs")]).status).toBe(0);
  const bin = join(api.dataDir, "bin");
  mkdirSync(bin);
  for (const name of ["percale", "calicoq", "kubectl-percale", "kubectl-calico"])
    symlinkSync(join(BIN, "percale"), join(bin, name));
  symlinkSync(join(BIN, "kubectl_complete-percale"), join(bin, "kubectl_complete-percale"));
  const { PERCALE_DATA: _, ...rest } = process.env;
  env = {
    ...rest,
    PATH: `${bin}:${dirname(process.execPath)}:${process.env["PATH"]}`,
    KUBECONFIG: api.kubeconfig,
    HOME: api.dataDir,
  };
});
afterAll(() => api.stop());

// Not waited for in one go: the server answers from this process.
function run(program: string, ...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; out: string; err: string }>();
  execFile(program, argv, { env }, (error, out, err) => {
    resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, out, err });
  });
  return promise;
}

/** What the shell offers behind a line, by its own means. */
const ASK = {
  bash: (line: readonly string[]) =>
    `source "$1"; COMP_WORDS=(${line.join(" ")} ""); COMP_CWORD=${line.length}; _percale 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (line: readonly string[]) =>
    `compdef() { :; }; compadd() { shift; print -l -- "\${(@P)1}"; }; _files() { print files; }; source "$1"; words=(${line.join(" ")} ""); CURRENT=${line.length + 1}; _percale`,
  fish: (line: readonly string[]) => `source $argv[1]; complete -C "${line.join(" ")} "`,
} as const;

for (const shell of ["bash", "zsh", "fish"] as const)
  test.skipIf(!isThere(shell))(
    `${shell}${isThere(shell) ? "" : " (skipped: it is not installed)"} completes kinds, names from the server and values`,
    async () => {
      const script = join(api.dataDir, `complete.${shell}`);
      writeFileSync(script, SCRIPTS[shell]);
      const ask = async (...line: readonly string[]): Promise<string[]> =>
        (
          await run(
            shell,
            ...(shell === "fish" ? ["-c", ASK.fish(line), script] : ["-c", ASK[shell](line), "x", script]),
          )
        ).out
          .split("\n")
          .filter((word) => word !== "")
          .toSorted();
      expect(await ask("percale", "get", "tiers")).toEqual(["default", "kube-admin", "kube-baseline"]);
      expect(await ask("percale", "apply", "--validate")).toEqual(["ignore", "strict", "warn"]);
    },
  );

test("as a plugin of kubectl it is percale, in kubectl's words", async () => {
  const help = await run("kubectl-percale", "get", "--help");
  expect(help).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: kubectl percale get /) });
  expect((await run("kubectl-calico", "get", "tiers", "-o", "name")).out).toBe(
    "tiers/default\ntiers/kube-admin\ntiers/kube-baseline\n",
  );
});

test.skipIf(!isThere("kubectl"))(
  `kubectl${isThere("kubectl") ? "" : " (skipped: it is not installed)"} finds it, and asks it to complete words`,
  async () => {
    expect((await run("kubectl", "percale", "get", "tiers", "-o", "name")).out).toBe(
      "tiers/default\ntiers/kube-admin\ntiers/kube-baseline\n",
    );
    expect((await run("kubectl", "__complete", "percale", "get", "tiers", "")).out).toContain("kube-admin\n");
  },
);

test("called calicoq it has calicoq's verbs alone", async () => {
  expect((await run("calicoq", "version")).out).toMatch(
    /^Version: +\S+\nBuild date: +.+\nGit tag ref: +v\S+\nGit commit: +\S+\n$/,
  );
  expect((await run("calicoq", "eval", "all()")).out).toBe("Endpoints matching selector all():\n");
  expect(await run("calicoq", "get", "tiers")).toMatchObject({ code: 2 });
});
