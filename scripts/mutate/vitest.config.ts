import { defineConfig } from "vitest/config";
import { applyMutant } from "./apply.ts";
import type { Needs } from "./nearest-tests.ts";
import type { Candidate } from "./sample.ts";

/** Tests with one mutant in place of its file, in memory only: nothing on the disk ever changes. Without one: as they are. */
const { file, mutant } = JSON.parse(process.env["PERCALE_MUTANT"] ?? "{}") as Candidate;
const isPg = (process.env["PERCALE_MUTATE_NEEDS"] as Needs | undefined) === "pg";

export default defineConfig({
  root: process.cwd(),
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      transform: (text, id) => (id === file ? applyMutant(text, mutant) : undefined),
    },
  ],
  test: {
    include: isPg ? ["**/*.{pg,store}.test.ts"] : ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/.next/**", `**/*.{${isPg ? "" : "pg,"}kernel,e2e}.test.ts`],
    bail: 1,
    // As these tests are run otherwise, but: what is slow on a busy machine has noticed nothing.
    isolate: isPg,
    fileParallelism: !isPg,
    ...(isPg && { provide: { store: "postgres" } }),
    testTimeout: isPg ? 120_000 : 30_000,
    hookTimeout: isPg ? 180_000 : 30_000,
  },
});
