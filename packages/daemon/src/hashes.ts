import { createHash } from "node:crypto";

/** RFC 4648. */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The hash functions that IPAM's pure decisions are handed; base32 is written without padding. */
export const ipamHashes = {
  sha256Hex: (text: string): string => createHash("sha256").update(text).digest("hex"),
  sha3Base32: (text: string): string => {
    const bytes = createHash("sha3-256").update(text).digest();
    let out = "";
    let [bits, value] = [0, 0];
    for (const byte of bytes) {
      value = (value << 8) | byte;
      for (bits += 8; bits >= 5; bits -= 5) out += BASE32[(value >>> (bits - 5)) & 31];
      value &= (1 << bits) - 1;
    }
    return bits === 0 ? out : out + BASE32[(value << (5 - bits)) & 31];
  },
};
