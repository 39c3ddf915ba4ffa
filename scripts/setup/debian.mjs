// Debian packages: found by the program they bring, installed when root, named with the command to run when not.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { command, progress } from "./step.mjs";

// Services and compilers live here too, and a person's PATH often lacks them.
const folders = [...new Set([...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin"])];

export const forProduct = [
  { program: "ip", packages: ["iproute2"], need: "the lab's network namespaces" },
  { program: "bird", packages: ["bird2"], need: "routes between nodes" },
  { program: "cc", packages: ["gcc", "libc6-dev"], need: "the kernel addon and the CNI client" },
  { program: "nft", packages: ["nftables"], need: "looking at the kernel's rules", optional: true },
];
export const forTests = [
  { program: "chromium", packages: ["chromium"], need: "browser tests" },
  { program: "firefox-esr", packages: ["firefox-esr"], need: "browser tests in Firefox", optional: true },
  { program: "kubectl", packages: ["kubernetes-client"], need: "tests with the real kubectl", optional: true },
];

export function findProgram(name) {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Returns the wanted programs that are still missing afterwards. Never throws: what needs them says so itself. */
export async function ensureDebianPackages(wanted) {
  const missing = wanted.filter(({ program }) => findProgram(program) === undefined);
  if (missing.length === 0) return [];
  const packages = missing.flatMap((one) => one.packages);
  const may = process.getuid?.() === 0 && findProgram("apt-get") !== undefined;
  if (may) {
    await progress(`Debian packages ${packages.join(", ")}`, () => install(missing)).catch(explain);
  }
  const still = missing.filter(({ program }) => findProgram(program) === undefined);
  for (const { program, need, optional } of still)
    console.log(`  ${optional ? "without" : "missing"} ${program}: ${need} will not work`);
  if (still.length > 0 && !may)
    console.log(`  install with: sudo apt-get install ${still.flatMap((one) => one.packages).join(" ")}`);
  return still;
}

async function install(missing) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await command(["apt-get", "update", "-q"], { env });
  const failed = [];
  // One by one: an optional package that this release lacks must not keep the others away.
  for (const { packages } of missing) {
    const argv = ["apt-get", "install", "-q", "-y", "--no-install-recommends", ...packages];
    await command(argv, { env }).catch((error) => failed.push(`${packages.join(" ")}: ${lastLine(error)}`));
  }
  if (failed.length > 0) return `partly: ${failed.join("; ")}`;
  return undefined;
}

function explain(error) {
  console.log(`  ${lastLine(error)}`);
}

function lastLine(error) {
  return error.message.trim().split("\n").at(-1);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
