import { VERSION } from "@percale/protocol";

/** Of the source that was built; set by `bundle.mjs`. */
declare const PERCALE_COMMIT: string | undefined;

export function clientVersion(): string {
  const commit = typeof PERCALE_COMMIT === "string" ? PERCALE_COMMIT : "unknown";
  return `Client Version:    ${VERSION}\nGit commit:        ${commit}\n`;
}
