import { ExitError } from "../exit-error.ts";

/** A value that was typed as JSON, or as YAML. Throws ExitError. */
export async function readText(text: string, what: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const { parse } = await import("yaml");
    try {
      const value: unknown = parse(text);
      if (typeof value === "object" && value !== null) return value;
    } catch {
      // told below
    }
    throw new ExitError(`${what} must be JSON or YAML, got ${text}`);
  }
}
