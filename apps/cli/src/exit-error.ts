import { exitCodes } from "@percale/protocol";

/** Ends the command with this text on stderr and this exit code. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly code: number;

  constructor(message: string, options: { readonly code?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code ?? exitCodes.percale.failed.code;
  }
}
