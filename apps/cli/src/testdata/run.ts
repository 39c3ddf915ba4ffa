import { vi } from "vitest";
import type { CliConfig } from "../config.ts";
import { runPercale } from "../program.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const readExitCode = (): number | undefined => process.exitCode as number | undefined; // no command sets a text

/** Runs a command line in this process, as a shell would see it. One at a time: it hears the process's own output. */
export async function run(config: CliConfig, ...argv: readonly string[]): Promise<Ran> {
  const said = { out: "", err: "" };
  const hear = (way: keyof typeof said) => (text: unknown) => {
    said[way] += String(text);
    return true;
  };
  const ears = [
    vi.spyOn(process.stdout, "write").mockImplementation(hear("out")),
    vi.spyOn(process.stderr, "write").mockImplementation(hear("err")),
    vi.spyOn(console, "log").mockImplementation((text) => void hear("out")(`${text}\n`)),
    vi.spyOn(console, "error").mockImplementation((text) => void hear("err")(`${text}\n`)),
  ];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const code = (await runPercale(argv, config)) ?? readExitCode(); // the command may have set it
    return { code: code ?? 0, ...said };
  } finally {
    process.exitCode = before;
    for (const ear of ears) ear.mockRestore();
  }
}
