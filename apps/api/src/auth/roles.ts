import type { RoleView } from "../trpc/views.ts";
import { ADMIN_GROUP, EDITOR_GROUP, MONITORING_GROUP, NODES_GROUP, VIEWER_GROUP } from "./identity.ts";

/** The groups that `authorize.ts` knows, explained; who is in none of them may do nothing. */
export const ROLES: readonly RoleView[] = [
  { group: ADMIN_GROUP, title: "Administrator", may: "does everything: tokens, other people's names, every object" },
  { group: EDITOR_GROUP, title: "Editor", may: "sees everything, changes policy and network; no tokens" },
  { group: VIEWER_GROUP, title: "Viewer", may: "sees everything, changes nothing" },
  { group: MONITORING_GROUP, title: "Monitoring", may: "reads /metrics and nothing else" },
  {
    group: NODES_GROUP,
    title: "Node",
    may: "follows the stream and keeps its own node's objects; the subject is system:node:NAME",
  },
];
