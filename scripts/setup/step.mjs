// A set-up step runs only when the content it depends on has changed since it last succeeded.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The Node that package-lock.json pins; runs TypeScript as it is. */
export const pinnedNode = join(root, "node_modules/.bin/node");
/** What every program of ours is made from beside its own folder. */
export const SOURCES = ["packages", "package-lock.json"];
/** Inside node_modules: a fresh `npm ci` forgets the stamps along with what they vouch for. */
const stamps = join(root, "node_modules/.cache/percale");
const SKIPPED =
  /^(node_modules|\.next|\.percale|build|dist|generated|test-results|\.git|next-env\.d\.ts|.*\.tsbuildinfo)$/;

/** Prints progress for people: one line when something is done, a second only if it took long enough to wonder. */
export async function progress(what, run) {
  const started = Date.now();
  process.stdout.write(`  ${what} …`);
  try {
    const note = await run();
    const seconds = (Date.now() - started) / 1000;
    process.stdout.write(` ${note ?? "done"}${seconds >= 1 ? ` (${seconds.toFixed(1)} s)` : ""}\n`);
  } catch (error) {
    process.stdout.write(" failed\n");
    throw error;
  }
}

/** Runs `run` unless the same inputs (files or folders below the root) were good before and `output` is still there. */
export async function step({ name, what, inputs, output, run }) {
  const stamp = join(stamps, name);
  const digest = digestOf(inputs);
  const fresh = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (fresh && (output === undefined || existsSync(join(root, output)))) return;
  await progress(what, run);
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, digest);
}

/** Runs a command quietly; on failure throws with all that it said. */
export function command(argv, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", (cause) => reject(new Error(`${argv[0]} did not start: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${argv.join(" ")} ended with ${code ?? signal}:\n${output.trim()}`));
    });
  });
}

function digestOf(inputs) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const input of inputs) addTo(hash, input);
  return hash.digest("hex");
}

function addTo(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (statSync(full).isFile()) {
    hash.update(path).update("\0").update(readFileSync(full)).update("\0");
    return;
  }
  for (const name of readdirSync(full).sort()) if (!SKIPPED.test(name)) addTo(hash, join(path, name));
}
