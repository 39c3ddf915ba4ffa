import { VERSION } from "@percale/protocol";

/** Of the source that was built, and when that was written; set by `bundle.mjs`. */
declare const PERCALE_COMMIT: string | undefined;
declare const PERCALE_DATE: string | undefined;

const COMMIT = typeof PERCALE_COMMIT === "string" ? PERCALE_COMMIT : "unknown";
const DATE = typeof PERCALE_DATE === "string" ? PERCALE_DATE : "unknown";

export function clientVersion(): string {
  return `Client Version:    ${VERSION}\nGit commit:        ${COMMIT}\n`;
}

/** In calicoq's form. */
export function toolVersion(): string {
  return `Version:      ${VERSION}\nBuild date:   ${DATE}\nGit tag ref:  v${VERSION}\nGit commit:   ${COMMIT}\n`;
}
