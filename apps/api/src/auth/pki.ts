import "reflect-metadata"; // @peculiar/x509 finds its parts through decorators
import { createPrivateKey, X509Certificate, randomBytes, webcrypto } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setAside, writeStateFile } from "@percale/daemon";
import * as x509 from "@peculiar/x509";

/** PEM text of everything that speaks TLS here. */
export interface Pki {
  readonly ca: string;
  readonly server: KeyPair;
  /** Client certificate of the administrator: O=system:masters. */
  readonly admin: KeyPair;
}

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** An authority with its keys. */
export interface Issuer extends KeyPair {
  readonly keys: CryptoKeyPair;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const LEAF_DAYS = 365;
const RENEW_BEFORE_DAYS = 30;

export interface PkiOptions {
  readonly hosts: readonly string[];
  readonly now?: number;
  /** A file that could not be read was replaced and is kept there. A new authority means that clients need its certificate. */
  readonly onBad?: (aside: string) => void;
}

/** The authority and certificates in `directory` (0700, keys 0600), made at first start; leaves are renewed 30 days before they end. */
export async function openPki(
  directory: string,
  { hosts, now = Date.now(), onBad = () => undefined }: PkiOptions,
): Promise<Pki> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const file of ["ca", "server", "admin"])
    if (!(await isWhole(directory, file)))
      for (const part of ["crt", "key"]) {
        const aside = await setAside(join(directory, `${file}.${part}`));
        if (aside !== undefined) onBad(aside);
      }
  const ca = await openAuthority(directory, now);
  const names = [...new Set(["localhost", "127.0.0.1", "::1", hostname(), "percale", ...hosts])];
  const server = await openLeaf(directory, { file: "server", subject: "CN=percale-api", names, ca, now });
  const admin = await openLeaf(directory, { file: "admin", subject: "CN=admin, O=system:masters", names: [], ca, now });
  return { ca: ca.certificate, server, admin };
}

/** The authority that is there, or a new one. */
export async function openAuthority(directory: string, now: number): Promise<Issuer> {
  const known = await readPair(directory, "ca");
  if (known !== undefined) return { ...known, keys: await importKeys(known) };
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Percale CA",
    serialNumber: randomBytes(16).toString("hex"),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + CA_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys: keys as CryptoKeyPair,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
    ],
  });
  const pair = await writePair(directory, "ca", certificate, keys.privateKey as CryptoKey);
  return { ...pair, keys: keys as CryptoKeyPair };
}

interface Leaf {
  readonly file: string;
  readonly subject: string;
  /** DNS names and addresses it answers for; none makes it a client certificate. */
  readonly names: readonly string[];
  readonly ca: Issuer;
  readonly now: number;
}

async function openLeaf(directory: string, { file, subject, names, ca, now }: Leaf): Promise<KeyPair> {
  const known = await readPair(directory, file);
  if (known !== undefined && isCurrent(known, names, ca, now)) return known;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const purpose = names.length > 0 ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: new x509.X509Certificate(ca.certificate).subject,
    serialNumber: randomBytes(16).toString("hex"),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + LEAF_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey as CryptoKey,
    signingKey: ca.keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([purpose]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.keys.publicKey),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(alternativeName))] : []),
    ],
  });
  return writePair(directory, file, certificate, keys.privateKey as CryptoKey);
}

function alternativeName(name: string): x509.JsonGeneralName {
  return { type: isIP(name) === 0 ? "dns" : "ip", value: name };
}

/** Signed by this authority, not about to end, and good for every name. */
function isCurrent({ certificate }: KeyPair, names: readonly string[], ca: Issuer, now: number): boolean {
  const leaf = new X509Certificate(certificate);
  return (
    leaf.verify(new X509Certificate(ca.certificate).publicKey) &&
    Date.parse(leaf.validTo) - now > RENEW_BEFORE_DAYS * DAY_MS &&
    names.every((name) => (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined) // each throws at the other
  );
}

async function importKeys({ certificate, key }: KeyPair): Promise<CryptoKeyPair> {
  const [der] = x509.PemConverter.decode(key);
  if (der === undefined) throw new Error("ca.key holds no PEM block"); // isWhole has seen to it
  const privateKey = await webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, true, ["sign"]);
  const publicKey = await new x509.X509Certificate(certificate).publicKey.export();
  return { privateKey: privateKey as CryptoKey, publicKey };
}

/** True too if there is none. Half a pair is none: the key is written first. */
async function isWhole(directory: string, file: string): Promise<boolean> {
  try {
    const pair = await readPair(directory, file);
    return pair === undefined || new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key));
  } catch {
    return false;
  }
}

async function readPair(directory: string, file: string): Promise<KeyPair | undefined> {
  try {
    const [certificate, key] = await Promise.all([
      readFile(join(directory, `${file}.crt`), "utf8"),
      readFile(join(directory, `${file}.key`), "utf8"),
    ]);
    return { certificate, key };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function writePair(
  directory: string,
  file: string,
  certificate: x509.X509Certificate,
  privateKey: CryptoKey,
): Promise<KeyPair> {
  const der = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  const pair = {
    certificate: `${certificate.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`,
  };
  // The key first: a certificate without its key would be taken for a whole pair.
  await writeStateFile(join(directory, `${file}.key`), pair.key);
  await writeStateFile(join(directory, `${file}.crt`), pair.certificate);
  return pair;
}
