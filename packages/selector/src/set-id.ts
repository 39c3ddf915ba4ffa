/** `s` selector, `n` named port, `svc` service with ports, `svcnoport` service without (selectors of the same meaning share one set). */
export type SetIdPrefix = "s" | "n" | "svc" | "svcnoport";

/** Identity of an address set by what defines it. Source: projectcalico/calico `libcalico-go/lib/hash`. SHA-224 is passed in: this package has no effects. */
export function setId(prefix: SetIdPrefix, content: string, sha224: (text: string) => Uint8Array): string {
  const digest = btoa(String.fromCharCode(...sha224(`${prefix}:${content}`)));
  return `${prefix}:${digest.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}
