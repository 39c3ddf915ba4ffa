import { exitCodes } from "@percale/protocol";

/** Ends the command with this text on stderr (calicoctl says some of them on stdout) and this exit code. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly code: number;
  readonly onStdout: boolean;

  constructor(
    message: string,
    options: { readonly code?: number; readonly onStdout?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code ?? exitCodes.percale.failed.code;
    this.onStdout = options.onStdout ?? false;
  }
}
