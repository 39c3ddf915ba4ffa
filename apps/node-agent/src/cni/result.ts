/** An attachment as results describe it. Addresses without length. */
export interface AttachedInterface {
  readonly hostInterface: string;
  readonly ifName: string;
  readonly mac: string;
  readonly mtuBytes: number;
  readonly netns: string;
  readonly addresses: readonly string[];
}

/** What ADD prints, in the shape of that CNI version. Destinations carry their full length (upstream prints the block's). */
export function renderResult(version: string, attached: AttachedInterface): unknown {
  const cidrs = attached.addresses.map((address) => `${address}/${address.includes(":") ? 128 : 32}`);
  if (version.startsWith("0.1.") || version.startsWith("0.2.")) {
    const family = (cidr: string | undefined) => cidr && { ip: cidr, routes: [{ dst: cidr }] };
    const [ip4, ip6] = [cidrs.find((cidr) => !cidr.includes(":")), cidrs.find((cidr) => cidr.includes(":"))].map(
      family,
    );
    return { cniVersion: version, ...(ip4 && { ip4 }), ...(ip6 && { ip6 }), dns: {} };
  }
  const hasFamilyField = version.startsWith("0.");
  const mtu = version === "1.1.0" && attached.mtuBytes > 0 ? { mtu: attached.mtuBytes } : {};
  return {
    cniVersion: version,
    interfaces: [
      { name: attached.hostInterface, ...mtu },
      { name: attached.ifName, mac: attached.mac, ...mtu, sandbox: attached.netns },
    ],
    ips: cidrs.map((address) => ({
      ...(hasFamilyField && { version: address.includes(":") ? "6" : "4" }),
      interface: 1,
      address,
    })),
    routes: cidrs.map((dst) => ({ dst })),
    dns: {},
  };
}

/** `requestId`: what runtimes show of it, kubelet among them, leads to the logs and the history of the same call. */
export function renderError(
  version: string,
  { code, message, details }: { readonly code: number; readonly message: string; readonly details: string },
  requestId: string,
): unknown {
  const request = `(request ${requestId})`;
  return { cniVersion: version, code, msg: message, details: details === "" ? request : `${details} ${request}` };
}
