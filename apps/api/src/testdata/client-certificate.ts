import { randomBytes, webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import type { KeyPair } from "../auth/pki.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A client certificate of the authority in `pkiDir`, good until `endsAt`. */
export async function clientCertificate(
  pkiDir: string,
  { subject, endsAt }: { readonly subject: string; readonly endsAt: number },
): Promise<KeyPair> {
  const [key, certificate] = await Promise.all(["ca.key", "ca.crt"].map((file) => readFile(join(pkiDir, file), "utf8")));
  const signingKey = await webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decode(key!)[0]!, ALGORITHM, true, [
    "sign",
  ]);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const made = await x509.X509CertificateGenerator.create({
    subject,
    issuer: new x509.X509Certificate(certificate!).subject,
    serialNumber: randomBytes(16).toString("hex"),
    notBefore: new Date(endsAt - 60_000),
    notAfter: new Date(endsAt),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey as CryptoKey,
    signingKey: signingKey as CryptoKey,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  });
  const der = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificate: made.toString("pem"), key: x509.PemConverter.encode(der, "PRIVATE KEY") };
}
