/**
 * The UID of what is derived from a Kubernetes object: the source's with the bits of every byte reversed, but for those two that hold the
 * UUID's version and variant. Done twice it is the source's again. Source: projectcalico/calico `libcalico-go/lib/backend/k8s/conversion`.
 */
export function derivedUid(uid: string): string {
  let byte = -1;
  return uid.replaceAll(/[0-9a-f]{2}/gi, (text) => {
    byte++;
    return byte === 6 || byte === 8 ? text : reversed(Number.parseInt(text, 16)).toString(16).padStart(2, "0");
  });
}

function reversed(byte: number): number {
  let bits = 0;
  for (let i = 0; i < 8; i++) bits |= ((byte >> i) & 1) << (7 - i);
  return bits;
}
