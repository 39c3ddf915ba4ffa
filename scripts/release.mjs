// `npm run release -- 0.2.0`: one version everywhere it stands, and the changelog's section closed with today's date. Look at the difference, run the tests, commit, tag.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup/step.mjs";

const [version] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/.test(version ?? "")) {
  console.error(`npm run release -- VERSION, such as 0.2.0; got ${version ?? "nothing"}`);
  process.exit(2);
}

for (const path of globSync(["package.json", "{packages,apps}/*/package.json"], { cwd: root }))
  edit(path, (text) => `${JSON.stringify(withVersion(JSON.parse(text), version), undefined, 2)}\n`);
edit("packages/protocol/src/version.ts", (text) => text.replace(/(VERSION = ")[^"]+/, `$1${version}`));
edit("CHANGELOG.md", (text) => closeSection(text, version, new Date().toISOString().slice(0, 10)));
execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], { cwd: root, stdio: "inherit" });
console.log(`Everything says ${version} now. Next: npm test, git commit, git tag v${version}.`);

function edit(path, change) {
  writeFileSync(join(root, path), change(readFileSync(join(root, path), "utf8")));
}

/** A workspace's own version, and that of each workspace it needs. */
function withVersion(manifest, next) {
  const pin = (needs) =>
    needs &&
    Object.fromEntries(Object.entries(needs).map(([name, of]) => [name, name.startsWith("@percale/") ? next : of]));
  const { dependencies, devDependencies } = manifest;
  return {
    ...manifest,
    version: next,
    ...(dependencies && { dependencies: pin(dependencies) }),
    ...(devDependencies && { devDependencies: pin(devDependencies) }),
  };
}

/** `## 0.1.0 (unreleased)` gets its date; what has one already gets a new section above it. */
function closeSection(text, next, date) {
  const open = /^## .*\(unreleased\)$/m;
  return open.test(text)
    ? text.replace(open, `## ${next} (${date})`)
    : text.replace("\n## ", `\n## ${next} (${date})\n\n## `);
}
