/**
 * IPAM as pure decisions: the objects as they are and a request in; addresses and the changes that record them out. A request
 * is one atomic change set, so an address, its handle, its block's affinity (and the endpoint that gets it) become true together;
 * `runIpam` reads again and decides again when somebody else was faster.
 *
 *     blockName("10.0.0.64/26"); // → "10-0-0-64-26"
 */
export { assignAddress, autoAssign } from "./assign.ts";
export type { AssignedAddress, AssignOutcome, AssignRequest, AssignAddressRequest } from "./assign.ts";
export { closedBlock } from "./block.ts";
export { releaseAddress, releaseHandle } from "./release.ts";
export type { ReleaseAddressRequest, ReleaseOutcome } from "./release.ts";
export { blockName, handleName, hostOwner } from "./names.ts";
export { isHeldBy, nodeWriteFault } from "./ownership.ts";
export type { NodeWrite } from "./ownership.ts";
export { runIpam, IpamContentionError } from "./run.ts";
export { auditIpam } from "./audit.ts";
export { DEFAULT_IPAM_CONFIG } from "./model.ts";
export { ipamStateOf } from "./state.ts";
export type * from "./model.ts";
