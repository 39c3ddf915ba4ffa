// `npm test [-- FILTER…]`: sets this machine up, then runs every test that it can; the last line is the sum.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, forTests } from "./setup/debian.mjs";
import { setUp } from "./setup/setup.mjs";
import { pinnedNode, root } from "./setup/step.mjs";

/** Makes an ordinary user root over networks of their own. */
const USERNS = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--propagation", "private"];
const RUN_TMPFS = 'mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/netns && exec "$@"';
const filters = process.argv.slice(2);
const wantsBrowser = filters.length === 0 || filters.some((one) => one.includes("e2e") || one.includes("playwright"));

try {
  await setUp({ web: wantsBrowser, debian: forTests });
} catch (error) {
  console.error(`\nSet-up failed: ${error.message}`);
  process.exit(1);
}

// npm and CI runners signal this process alone: the tests get time to take down what they made, and no project follows.
let running;
let signalled = "";
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
  process.on(signal, () => {
    signalled = signal;
    running?.kill(signal);
  });
}

const skipped = [];
const total = { passed: 0, failed: 0 };
const reports = mkdtempSync(join(tmpdir(), "percale-test-"));
try {
  for (const project of ["unit", "pg", "kernel", "e2e"]) {
    if (signalled !== "") break;
    const wrap = wrapperOf(project);
    if (typeof wrap === "string") skipped.push(`${project} tests: ${wrap}`);
    else await runProject(project, wrap);
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
for (const reason of skipped) console.log(`Skipped ${reason}`);
if (signalled !== "") {
  console.log(`Ended early by ${signalled}`);
  total.failed++;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** What to put before the command, or why this machine cannot run the project. */
function wrapperOf(project) {
  if (project === "kernel") return kernelWrapper();
  if (project === "e2e" && findProgram("chromium") === undefined) return "no chromium (apt-get install chromium)";
  return [];
}

function kernelWrapper() {
  const missing = ["ip", "cc"].filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return `no ${missing.join(", ")}`;
  if (process.getuid?.() === 0) return [];
  const wrap = [...USERNS, "sh", "-c", RUN_TMPFS, "sh"];
  const { status, stderr } = spawnSync(wrap[0], [...wrap.slice(1), "true"], { encoding: "utf8" });
  return status === 0 ? wrap : `not root, and no user namespace (${stderr?.trim() ?? "no unshare"})`;
}

async function runProject(project, wrap) {
  const report = join(reports, `${project}.json`);
  console.log(`\n── ${project}`);
  const vitest = [
    pinnedNode,
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--project",
    project,
    "--passWithNoTests",
  ];
  const argv = [...wrap, ...vitest, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters];
  // The pinned Node first, as in `npm run`: tests start the product's own programs.
  const path = `${join(root, "node_modules/.bin")}:${process.env.PATH}:/usr/sbin:/sbin`;
  const child = spawn(argv[0], argv.slice(1), { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path } });
  running = child;
  const code = await new Promise((resolve) => {
    child.on("exit", resolve);
    child.on("error", () => resolve(1));
  });
  running = undefined;
  add(read(report), code, project);
}

function add(result, code, project) {
  if (result === undefined) {
    if (code !== 0) total.failed++;
    if (code !== 0) console.log(`${project}: vitest ended with ${code} and left no result`);
    return;
  }
  total.passed += result.numPassedTests;
  const unrun = result.testResults.flatMap(({ assertionResults }) => assertionResults.filter(isSkipped));
  // The name of a group that skips itself ends with its reason.
  for (const group of new Set(unrun.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title)))
    skipped.push(`${project} tests: ${group}`);
  // A file that cannot even be loaded has no failed test of its own.
  const broken = result.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.every((one) => one.status !== "failed"),
  );
  const failed = result.numFailedTests + broken.length;
  total.failed += failed === 0 && code !== 0 ? 1 : failed;
}

function isSkipped({ status }) {
  return status === "skipped" || status === "pending" || status === "todo";
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
