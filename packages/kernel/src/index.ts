/**
 * System calls: netlink sockets, namespaces, sysctl. Mechanism only; alone touches the kernel. Calls are synchronous inside
 * (the kernel answers netlink within the system call); refusals are KernelError.
 *
 *     const gone = new KernelError("RTM_GETLINK cali1", 19);
 *     gone.message; // → "RTM_GETLINK cali1: no such device"
 *     isKernelError(gone, "ENODEV"); // → true
 */
export { isKernelError, KernelError } from "./addon.ts";
export { holderOf, takeLock } from "./lock.ts";
export type { LockHolder } from "./lock.ts";
export { createNetns, deleteNetns, inNetns, netnsIdentity, netnsPath, readSysctl, writeSysctl } from "./netns.ts";
export { peerCredentials } from "./process.ts";
export type { PeerCredentials } from "./process.ts";
export { openRtnetlink, Rtnetlink } from "./rtnetlink/rtnetlink.ts";
export * from "./rtnetlink/model.ts";
export { Conntrack } from "./conntrack.ts";
export type { Connection } from "./conntrack.ts";
export { NftBatch, setForm, TABLE_FLAG } from "./nftables/batch.ts";
export { shareExpr } from "./nftables/encode.ts";
export * from "./nftables/model.ts";
export { identitiesOf, RulePacker } from "./nftables/pack.ts";
export type { PackedRules } from "./nftables/pack.ts";
export { Nftables } from "./nftables/nftables.ts";
export type {
  BatchOutcome,
  ListedChain,
  ListedElement,
  ListedRule,
  ListedSet,
  ListedTable,
} from "./nftables/nftables.ts";
export { NftWatch } from "./nftables/watch.ts";
export type { NftEvent } from "./nftables/watch.ts";
