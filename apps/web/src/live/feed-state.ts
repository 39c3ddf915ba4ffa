import { createRecent } from "./collection.ts";

/** One watch per tab, so one memory of what it said lately. */
export const recent = createRecent();
