/** What `main.ts` loads once it has said where compiled code is kept: one file of the bundle. */
export { readConfig } from "./config.ts";
export { runPercale } from "./program.ts";
