/** System calls: netlink sockets, namespaces, sysctl. Mechanism only; alone touches the kernel. */
