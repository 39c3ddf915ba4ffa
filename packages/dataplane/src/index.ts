/** Drivers that make the kernel agree with a node's desired state. */
export type * from "./face.ts";
export { DEFAULT_CONFIG } from "./config.ts";
export { createDataplane } from "./dataplane.ts";
