import { defineConfig } from "vitest/config";

const needs = ["pg", "kernel", "e2e"] as const;
const setupFiles = ["scripts/house/keep-seeds.ts"];
const exclude = ["**/node_modules/**", "**/.next/**", "**/.percale/**"];

/** One project per thing a test needs: nothing (unit), Postgres (pg), network namespaces (kernel), a browser (e2e). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          testTimeout: 60_000, // for tests that hang: a busy machine is no fault
          isolate: false, // half the time: no test leaves anything in a module
          setupFiles,
          include: ["{packages,apps,scripts}/**/*.test.ts"],
          exclude: [...exclude, ...needs.map((need) => `**/*.${need}.test.ts`)],
        },
      },
      ...needs.map((need) => ({
        test: {
          name: need,
          include: [`{packages,apps,playwright,scripts}/**/*.${need}.test.ts`],
          exclude,
          setupFiles,
          globalSetup: "apps/node-agent/bundle.mjs", // agents run as they do on nodes, from today's sources
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      })),
    ],
  },
});
