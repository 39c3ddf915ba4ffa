/** `s` selector, `n` named port, `svc` service with ports, `svcnoport` service without (selectors of the same meaning share one set). */
export type SetIdPrefix = "s" | "n" | "svc" | "svcnoport";

/** Identity of an address set by what defines it. Source: projectcalico/calico `libcalico-go/lib/hash`. SHA-224 is passed in: this package has no effects. */
export function setId(prefix: SetIdPrefix, content: string, sha224: (text: string) => Uint8Array): string {
  return `${prefix}:${base64url(sha224(`${prefix}:${content}`))}`;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Unpadded. Twice as fast as `btoa`, which also knows the other alphabet only. */
function base64url(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let shift = 18; shift >= 0; shift -= 6) text += DIGITS[(bits >>> shift) & 63]!;
  }
  return text.slice(0, Math.ceil((bytes.length * 4) / 3));
}
