// npm packages: installed if package-lock.json asks for others than node_modules holds.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { command, progress, root } from "./step.mjs";

export async function ensureNpmPackages() {
  const reason = staleness();
  if (reason === undefined) return;
  await progress(`npm packages (${reason})`, () =>
    command(["npm", "ci", "--no-audit", "--no-fund"]).then(() => undefined),
  );
}

/** Why `npm ci` must run, or undefined. Compares what is locked with what npm says it installed: no mark of our own to go wrong. */
function staleness() {
  const installed = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return "first time, takes a minute";
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = packagesOf(readFileSync(installed, "utf8"));
  if (present === undefined) return "an installation was cut short";
  for (const [path, { version, link, optional }] of Object.entries(wanted)) {
    if (path === "" || link || !path.includes("node_modules/")) continue;
    // An optional package may be meant for another platform.
    if (present[path] === undefined ? !optional : present[path].version !== version)
      return `${path.slice(path.lastIndexOf("node_modules/") + 13)} ${version} is missing`;
  }
  return undefined;
}

/** undefined if npm was killed while it wrote. */
function packagesOf(text) {
  try {
    return JSON.parse(text).packages;
  } catch {
    return undefined;
  }
}
