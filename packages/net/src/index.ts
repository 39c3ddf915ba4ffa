/**
 * Addresses, prefixes and ports. Pure; numbers are bigint, text is canonical.
 *
 *     formatCidr(maskCidr(parseCidr("10.1.2.3/8"))); // → "10.0.0.0/8"
 *     containsAddress(parseCidr("fd00::/8"), parseAddress("fd00::1")); // → true
 */
export * from "./address.ts";
export * from "./cidr.ts";
