/**
 * The API server. The web takes its types from here and nothing else:
 *
 *     import type { AppRouter, NodeStatusView } from "@percale/api";
 */
export type { AppRouter } from "./trpc/router.ts";
export type * from "./trpc/views.ts";
