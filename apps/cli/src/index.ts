/** What tests and the supervisor use of the lab; people use the command. */
export type { ControlAnswers, ControlRequest, ProbeAnswer } from "./lab/control.ts";
export { askLab, NoLabError } from "./lab/control.ts";
export type { LabStatus } from "./lab/status.ts";
export type { ProbeResult, ProbeTarget, WorkloadProcess } from "./lab/workload-process.ts";
export { ROOTLESS_MARK } from "./config.ts";
export { labId, labSocket } from "./lab/places.ts";
export { rootlessRefusal, spawnRootless } from "./lab/rootless.ts";
export { Child } from "./lab/child.ts";
export { readKubeconfig } from "./access/read-kubeconfig.ts";
export { call, send } from "./rest/client.ts";
export type { Access, Reply } from "./rest/client.ts";
