import { defineConfig } from "vitest/config";
import { applyMutant } from "./mutants.ts";
import type { Mutant } from "./mutants.ts";

/** Unit tests with one mutant in place of its file, in memory only: nothing on the disk ever changes. */
const { file, mutant } = JSON.parse(process.env["PERCALE_MUTANT"] ?? "{}") as { file: string; mutant: Mutant };

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
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/.next/**", "**/*.{pg,kernel,e2e}.test.ts"],
    passWithNoTests: true,
    bail: 1,
    isolate: false, // as unit tests are run
    testTimeout: 30_000, // what is slow on a busy machine has noticed nothing
    hookTimeout: 30_000,
  },
});
