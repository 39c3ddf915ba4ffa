/**
 * Asks Kubernetes' own field management (`kubernetes/main.go`) about random sequences of writes and writes its answers down, which
 * `kubernetes.test.ts` holds ours to. Needs Go: `node packages/fields/bench/record-kubernetes.ts [sequences]`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { WIDGET_SCHEMA, writeOf } from "../src/testdata/widget.ts";

const SEED = 9;
const gvk = { group: "example.org", version: "v1", kind: "Widget" };
const schemas = { "org.example.v1.Widget": { ...WIDGET_SCHEMA, "x-kubernetes-group-version-kind": [gvk] } };
const sequences = fc.sample(fc.array(writeOf(0), { minLength: 1, maxLength: 6 }), {
  numRuns: Number(process.argv[2] ?? 100),
  seed: SEED,
});

const folder = mkdtempSync(join(tmpdir(), "percale-fields-"));
try {
  const program = join(folder, "fieldmanager");
  execFileSync("go", ["build", "-o", program, "."], { cwd: join(import.meta.dirname, "kubernetes"), stdio: "inherit" });
  const input = sequences.map((writes) => `${JSON.stringify({ schemas, ...gvk, writes })}\n`).join("");
  const answers = execFileSync(program, { input, encoding: "utf8", maxBuffer: 2 ** 30 })
    .trim()
    .split("\n");
  const cases = sequences.map((writes, i) => `{"writes":${JSON.stringify(writes)},"outcomes":${answers[i]!}}`);
  writeFileSync(join(import.meta.dirname, "../src/testdata/kubernetes.json"), `[\n${cases.join(",\n")}\n]\n`);
} finally {
  rmSync(folder, { recursive: true });
}
