import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openPki } from "./pki.ts";
import type { KeyPair } from "./pki.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "percale-pki-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const told: string[] = [];
const open = () => openPki(folder, { hosts: [], onBad: (aside) => told.push(aside) });
const isWhole = ({ certificate, key }: KeyPair, ca: string): boolean => {
  const leaf = new X509Certificate(certificate);
  return leaf.checkPrivateKey(createPrivateKey(key)) && leaf.verify(new X509Certificate(ca).publicKey);
};

test("a second start has the same authority and certificates", async () => {
  expect(await open()).toEqual(await open());
});

test.each(
  ["ca.crt", "ca.key", "server.crt", "server.key", "admin.crt", "admin.key"].flatMap(
    (file): [string, string, string][] => [
      [file, "empty", ""],
      [file, "torn", "-----BEGIN CERTIFICATE-----\nMIIB"],
      [file, "no PEM", "\0\0\0\0"],
    ],
  ),
)("%s that is %s is made anew: the server starts, and what it replaced is kept", async (file, _what, content) => {
  const before = await open();
  writeFileSync(join(folder, file), content);
  told.length = 0;
  const pki = await open();
  expect([isWhole(pki.server, pki.ca), isWhole(pki.admin, pki.ca)]).toEqual([true, true]);
  expect(pki.ca === before.ca).toBe(!file.startsWith("ca."));
  const kind = file.slice(0, file.indexOf("."));
  const aside = [`.bad-${kind}.crt`, `.bad-${kind}.key`];
  expect(told).toEqual(aside.map((name) => join(folder, name)));
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual(aside);
  expect(await open()).toEqual(pki);
});

test("a certificate beside another's key is made anew", async () => {
  const { admin } = await open();
  writeFileSync(join(folder, "server.key"), admin.key);
  const pki = await open();
  expect(isWhole(pki.server, pki.ca)).toBe(true);
});

test("a server answers for the names it is given, and a certificate that lacks one is made anew", async () => {
  const names = async (...hosts: readonly string[]) => {
    const { server } = await openPki(folder, { hosts });
    const leaf = new X509Certificate(server.certificate);
    const answersFor = (name: string): boolean =>
      (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined;
    return [
      ["localhost", "127.0.0.1", "::1", "percale"].every(answersFor),
      answersFor("px.example"),
      answersFor("192.0.2.7"),
    ];
  };
  expect(await names()).toEqual([true, false, false]);
  expect(await names("px.example", "192.0.2.7")).toEqual([true, true, true]);
  expect(await names("px.example")).toEqual([true, true, true]); // good for more than is asked
});

test("certificates are renewed a month before they end, by the same authority", async () => {
  const day = 86_400_000;
  const at = (days: number) => openPki(folder, { hosts: [], now: days * day });
  const first = await at(20_000);
  expect(await at(20_000 + 334)).toEqual(first);
  const renewed = await at(20_000 + 335);
  expect([
    renewed.ca === first.ca,
    renewed.server.key === first.server.key,
    renewed.admin.key === first.admin.key,
  ]).toEqual([true, false, false]);
  expect(Date.parse(new X509Certificate(renewed.server.certificate).validTo)).toBe((20_000 + 335 + 365) * day);
});
