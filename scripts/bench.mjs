// `npm run bench [-- [--json] [NAME…]]`: every figure that the product promises, each next to its target.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUp } from "./setup/setup.mjs";
import { pinnedNode, root } from "./setup/step.mjs";

/** Each runs in a process of its own: no figure profits or suffers from another's memory. */
const MODULES = [
  { name: "policy", file: "packages/policy/bench/graph.ts", run: "benchGraph" },
  { name: "nft", file: "packages/dataplane/bench/nft.ts", run: "benchNft" },
  { name: "agent", file: "apps/node-agent/bench/agent.ts", run: "benchAgent" },
  { name: "store", file: "packages/store/bench/store.ts", run: "benchStore" },
  { name: "api", file: "apps/api/bench/api.ts", run: "benchApi" },
  { name: "path", file: "scripts/bench/path.ts", run: "benchPath" },
  { name: "web", file: "apps/web/bench/web.ts", run: "benchWeb" },
];
const RUNNER = `
const [file, name, out] = process.argv.slice(1);
const { writeFileSync } = await import("node:fs");
const module = await import(file);
writeFileSync(out, JSON.stringify(await module[name]()));
process.exit(0);
`;

const args = process.argv.slice(2);
const json = args.includes("--json");
const wanted = args.filter((one) => !one.startsWith("--"));
const chosen = MODULES.filter(
  ({ name, file }) => existsSync(join(root, file)) && (wanted.length === 0 || wanted.some((one) => name.includes(one))),
);

// With --json stdout is for the figures alone.
const print = console.log;
if (json) {
  console.log = console.error;
  process.stdout.write = process.stderr.write.bind(process.stderr);
}
try {
  await setUp({ web: chosen.some(({ name }) => name === "web") });
} catch (error) {
  console.error(`Set-up failed: ${error.message}`);
  process.exit(1);
}

const rows = [];
const folder = mkdtempSync(join(tmpdir(), "percale-bench-"));
try {
  for (const module of chosen) {
    console.error(`${module.name} …`);
    rows.push(...(await runModule(module)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (json) writeAll(`${JSON.stringify(rows, undefined, 2)}\n`);
else print(renderTable(rows));
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

async function runModule({ name, file, run }) {
  const out = join(folder, `${name}.json`);
  const argv = ["--input-type=module", "--eval", RUNNER, join(root, file), run, out];
  // Their own words go to stderr: stdout is for the table.
  const child = spawn(pinnedNode, argv, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}:/usr/sbin:/sbin` },
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code === 0 && existsSync(out)) return JSON.parse(readFileSync(out, "utf8"));
  return [{ name: `${name}: did not finish (${code})`, value: Number.NaN, unit: "", target: Number.NaN, ok: false }];
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
  if (typeof value !== "number") return String(value ?? "");
  if (Number.isNaN(value)) return "-";
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(3)));
}

function writeAll(text) {
  print(text.trimEnd());
}
