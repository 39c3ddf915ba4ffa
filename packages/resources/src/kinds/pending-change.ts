import * as z from "zod";
import { ageColumn, column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";

/** Comes into being in the change set that it is about, and goes with it. */
export const PendingChange = defineResource({
  kind: "PendingChange",
  scope: "Cluster",
  description:
    "A change set that has to be confirmed: whoever deletes this confirms it. After the deadline the server writes back all that the change set, in which this was created, replaced.",
  shortNames: ["pending"],
  looks: { icon: "activity" },
  columns: [
    column("Author", "spec.author", "Who wrote the change set"),
    column("Reason", "spec.reason", "Why, in the author's words"),
    column("Deadline", "spec.deadline", "When it is turned back"),
    ageColumn,
  ],
  spec: z.strictObject({
    deadline: z.iso
      .datetime()
      .meta({ title: "Deadline", description: "When the change set is turned back, unless it was confirmed." }),
    author: z.string().max(512).meta({ title: "Author", description: "Who wrote the change set." }).optional(),
    reason: z.string().max(1_024).meta({ title: "Reason", description: "What the author said it is for." }).optional(),
  }),
});
export type PendingChange = ObjectOf<typeof PendingChange>;
