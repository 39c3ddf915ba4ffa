import type { CoverageRow } from "@percale/api";

/** By name; what has nothing in force is not there. */
export type Coverage = ReadonlyMap<string, CoverageRow>;
