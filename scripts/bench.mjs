// `npm run bench [-- [--json] [NAME…]]`: every figure that the product promises, each next to its target.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseModules } from "./bench/modules.mjs";
import { setUp } from "./setup/setup.mjs";
import { pinnedNode, root } from "./setup/step.mjs";

const args = process.argv.slice(2);
const json = args.includes("--json");
const unknown = args.find((one) => one.startsWith("--") && one !== "--json");

// Stdout is for the figures alone: whatever else is said, by set-up or by others' code, goes to stderr.
const toStdout = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

let chosen;
let missing;
try {
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}: npm run bench [-- [--json] [NAME…]]`);
  chosen = chooseModules(args.filter((one) => !one.startsWith("--")));
  const needs = chosen.flatMap((one) => one.needs ?? []);
  missing = await setUp({ web: chosen.some(({ web }) => web === true), debian: needs });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const rows = [];
const folder = mkdtempSync(join(tmpdir(), "percale-bench-"));
try {
  for (const bench of chosen) {
    console.error(`${bench.name} …`);
    const lacks = (bench.needs ?? []).filter(({ program }) => missing.includes(program));
    if (lacks.length > 0) rows.push(unmeasured(`${bench.name}: no ${lacks.map(({ program }) => program).join(", ")}`));
    else rows.push(...(await runModule(bench)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
toStdout(json ? `${JSON.stringify(rows, undefined, 2)}\n` : `${renderTable(rows)}\n`);
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

async function runModule({ name, file, run }) {
  const out = join(folder, `${name}.json`);
  const argv = [join(root, "scripts/bench/runner.mjs"), join(root, file), run, out];
  // Their own words go to stderr: stdout is for the table.
  const child = spawn(pinnedNode, argv, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}:/usr/sbin:/sbin` },
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code === 0 && existsSync(out)) return JSON.parse(readFileSync(out, "utf8"));
  return [unmeasured(`${name}: did not finish (${code})`)];
}

function unmeasured(name) {
  return { name, value: null, unit: "", target: null, ok: false };
}

function renderTable(rows) {
  const cells = rows.map(({ name, value, unit, target, ok }) => [
    name,
    figure(value),
    unit,
    figure(target),
    ok ? "ok" : "MISSED",
  ]);
  const all = [["figure", "value", "unit", "target", ""], ...cells];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) =>
      row
        .map((text, column) =>
          column === 1 || column === 3 ? text.padStart(widths[column]) : text.padEnd(widths[column]),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function figure(value) {
  if (typeof value !== "number") return "-";
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(3)));
}
