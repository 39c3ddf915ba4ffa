import { inject } from "vitest";
import { startMemoryApi, startTestApi } from "./test-api.ts";
import type { TestApi } from "./test-api.ts";

export type { TestApi };

declare module "vitest" {
  interface ProvidedContext {
    /** What an API server keeps its objects in; absent: memory. */
    readonly store?: "postgres";
  }
}

/**
 * A whole API server for a test that holds over every store: `*.store.test.ts` runs as a unit test over the one in memory, and again over
 * Postgres in the project `pg`. The caller stops it.
 */
export function startAnyApi(options: Parameters<typeof startMemoryApi>[0] = {}): Promise<TestApi> {
  return inject("store") === "postgres" ? startTestApi(options) : startMemoryApi(options);
}
