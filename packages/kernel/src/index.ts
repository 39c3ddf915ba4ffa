/**
 * System calls: netlink sockets, namespaces, sysctl. Mechanism only; alone touches the kernel. Calls are synchronous inside
 * (the kernel answers netlink within the system call); refusals are KernelError.
 */
export { isKernelError, KernelError } from "./addon.ts";
export { createNetns, deleteNetns, inNetns, netnsPath, readSysctl, writeSysctl } from "./netns.ts";
export { peerCredentials, setParentDeathSignal } from "./process.ts";
export type { PeerCredentials } from "./process.ts";
export { openRtnetlink, Rtnetlink } from "./rtnetlink/rtnetlink.ts";
export * from "./rtnetlink/model.ts";
