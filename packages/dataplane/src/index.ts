/** Drivers that make the kernel agree with a node's desired state. */
export type * from "./face.ts";
export { createDataplane } from "./dataplane.ts";
export { workloadRoutes } from "./routes/plan.ts";
