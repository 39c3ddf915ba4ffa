/** What browsers and other clients get: plain JSON, times as RFC 3339, revisions as numbers. */
export type * from "./views/access.ts";
export type * from "./views/bgp.ts";
export type * from "./views/board.ts";
export type * from "./views/coverage.ts";
export type * from "./views/decisions.ts";
export type * from "./views/health.ts";
export type * from "./views/history.ts";
export type * from "./views/lab.ts";
export type * from "./views/lists.ts";
export type * from "./views/nodes.ts";
export type * from "./views/objects.ts";
export type * from "./views/pools.ts";
export type * from "./views/selectors.ts";
