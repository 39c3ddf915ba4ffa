/** Addresses, prefixes, ports and a longest-prefix trie. Pure; numbers are bigint, text is canonical. */
export * from "./address.ts";
export * from "./cidr.ts";
