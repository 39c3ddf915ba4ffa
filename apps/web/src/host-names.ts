import { BlockList, isIP } from "node:net";

/**
 * Which names the dashboard answers to. A page of another site whose name its owner points at this machine (DNS rebinding) has the
 * browser's blessing to talk to us as its own origin; only the Host that it was asked by gives it away. Addresses can't be pointed
 * anywhere, names can: those of the loopback interface and those that are configured count.
 */
export function isOwnHost(
  host: string | undefined,
  { names, localAddress }: { readonly names: readonly string[]; readonly localAddress: string | undefined },
): boolean {
  const name = nameOf(host);
  if (name === undefined) return false;
  if (isIP(name) !== 0) return isLoopback(name) || name === plain(localAddress) || names.includes(name);
  return name === "localhost" || name.endsWith(".localhost") || names.includes(name);
}

/** The name in a Host header, lower case, without port, brackets and final dot. */
function nameOf(host: string | undefined): string | undefined {
  if (host === undefined || /[/@?#\\\s]/.test(host)) return undefined;
  try {
    return new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  } catch {
    return undefined;
  }
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function isLoopback(address: string): boolean {
  return loopback.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** A socket of both families writes IPv4 inside IPv6. */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/, "");
}
