import { defineConfig } from "vitest/config";

const needs = ["pg", "kernel", "e2e"] as const;
const setupFiles = ["scripts/house/keep-seeds.ts"];
const exclude = ["**/node_modules/**", "**/.next/**", "**/.percale/**"];

/** Held over every store: the one in memory as unit tests, and over Postgres again. */
const anyStore = ["apps/**/*.store.test.ts"];

/** One project per thing a test needs: nothing (unit), Postgres (pg), network namespaces (kernel), a browser (e2e). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          isolate: false, // half the time: no test leaves anything in a module
          maxWorkers: "100%",
          setupFiles,
          testTimeout: 60_000, // against hanging alone: a busy machine is no fault
          hookTimeout: 60_000,
          include: ["{packages,apps,scripts}/**/*.test.ts"],
          exclude: [...exclude, ...needs.map((need) => `**/*.${need}.test.ts`)],
        },
      },
      ...needs.map((need) => ({
        test: {
          name: need,
          include: [`{packages,apps,playwright,scripts}/**/*.${need}.test.ts`, ...(need === "pg" ? anyStore : [])],
          exclude,
          ...(need === "pg" && { provide: { store: "postgres" as const } }),
          setupFiles,
          // Agents run as they do on nodes, the dashboard as it is served: from today's sources.
          globalSetup: ["apps/node-agent/bundle.mjs", ...(need === "e2e" ? ["scripts/setup/web.mjs"] : [])],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      })),
    ],
  },
});
