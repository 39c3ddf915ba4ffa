import "reflect-metadata"; // @peculiar/x509 finds its parts through decorators
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { badRequest } from "@percale/resources";
import type { Issuer } from "./pki.ts";

/** Whom a request wants a certificate for: CN is the user, every O a group. */
export interface Requested {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly request: x509.Pkcs10CertificateRequest;
}

const MINUTE_MS = 60_000;

/** Reads PKCS #10 in PEM, and checks that its sender has the key. Throws StatusError 400. */
export async function readRequest(pem: string): Promise<Requested> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  let request: x509.Pkcs10CertificateRequest;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
    if (!(await request.verify())) throw new Error("its signature is not that of its key");
  } catch (error) {
    throw badRequest(`request: must be a certificate request in PEM: ${(error as Error).message}`);
  }
  const [subject = "", ...more] = request.subjectName.getField("CN");
  if (subject === "" || more.length > 0) throw badRequest("request: must have one CN, which is the user");
  return { subject, groups: request.subjectName.getField("O"), request };
}

interface Signed {
  readonly certificate: string;
  readonly expiresAt: Date;
}

/** A client certificate of our authority for the key of the request; of what it asks for the names alone are taken. */
export async function signRequest(
  { subject, groups, request }: Requested,
  {
    issuer,
    ttlSeconds,
    now = Date.now(),
  }: { readonly issuer: Issuer; readonly ttlSeconds: number; readonly now?: number },
): Promise<Signed> {
  const authority = new x509.X509Certificate(issuer.certificate);
  const expiresAt = new Date(Math.min(now + ttlSeconds * 1_000, authority.notAfter.getTime()));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [subject] }, ...groups.map((group) => ({ O: [group] }))],
    issuer: authority.subject,
    serialNumber: randomBytes(16).toString("hex"),
    notBefore: new Date(now - MINUTE_MS), // clocks differ
    notAfter: expiresAt,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    publicKey: request.publicKey,
    signingKey: issuer.keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, expiresAt };
}
