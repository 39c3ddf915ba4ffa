/**
 * The API server. The web takes its types from here and nothing else:
 *
 *     import type { AppRouter, NodeStatusView } from "@percale/api";
 *
 * Tests and benches start it in their own process:
 *
 *     const api = await startApi({ dataDir, databaseUrl, port: 0 });
 */
export { startApi } from "./start.ts";
export type { Api, ApiOptions } from "./start.ts";
export type { AppRouter } from "./trpc/router.ts";
export type * from "./trpc/views.ts";
