/**
 * Makes a node's kernel agree with its desired state: a loop of passes over parts (`part.ts`), one of which drives policy (`policy/driver.ts`).
 *
 *     const routes = workloadRoutes({ addresses: ["10.0.0.1/32"] }, 7, DEFAULT_CONFIG);
 *     routes.map(({ dst, ifIndex }) => `${dst} dev ${ifIndex}`); // → ["10.0.0.1/32 dev 7"]
 */
export type * from "./face.ts";
export { createDataplane } from "./dataplane.ts";
export { workloadRoutes } from "./routes/plan.ts";
