// All that a fresh Debian or Ubuntu machine with Node ≥ 20 lacks. Plain JavaScript: nothing is installed yet when it runs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureDebianPackages, findProgram, forProduct } from "./debian.mjs";
import { ensureNpmPackages } from "./npm.mjs";
import { command, pinnedNode, root, SOURCES, step } from "./step.mjs";
import buildWeb from "./web.mjs";

/**
 * @param {{ web?: boolean, debian?: typeof forProduct }} [options] web: build the dashboard for production; debian: further programs wanted.
 * @returns {Promise<string[]>} programs that are missing and could not be installed
 */
export async function setUp({ web = true, debian = [] } = {}) {
  const missing = await ensureDebianPackages([...forProduct, ...debian]);
  await ensureNpmPackages();
  if (!existsSync(pinnedNode))
    throw new Error(
      `no Node for ${process.platform}-${process.arch} came with the packages: Percale runs on Linux, x64 or arm64`,
    );
  if (findProgram("cc") !== undefined || process.env.CC !== undefined) {
    await native("kernel", "kernel addon", "packages/kernel");
    await native("cni", "CNI client", "apps/cni");
    await native("cli-native", "lab workload", "apps/cli");
  }
  await step({
    name: "prisma",
    what: "database client",
    inputs: ["prisma", "packages/store/package.json", "package-lock.json"],
    output: "packages/store/generated",
    run: () => command(["npm", "run", "-s", "generated"]).then(() => undefined),
  });
  await step({
    name: "cli",
    what: "percale command",
    inputs: ["apps/cli", ...SOURCES],
    output: "apps/cli/build/main.mjs",
    run: () => command([pinnedNode, "apps/cli/bundle.mjs"]).then(() => undefined),
  });
  await step({
    name: "agent",
    what: "node agent",
    inputs: ["apps/node-agent/src", "apps/node-agent/bundle.mjs", ...SOURCES],
    output: "apps/node-agent/build/main.mjs",
    run: () => command([pinnedNode, "apps/node-agent/bundle.mjs"]).then(() => undefined),
  });
  if (web) await buildWeb();
  return missing.map(({ program }) => program);
}

async function native(name, what, folder) {
  if (!existsSync(join(root, folder, "build.mjs"))) return;
  const inputs = [`${folder}/native`, `${folder}/build.mjs`];
  await step({
    name,
    what,
    inputs,
    output: `${folder}/build`,
    run: () => command([pinnedNode, `${folder}/build.mjs`]).then(() => undefined),
  });
}
