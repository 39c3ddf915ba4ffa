import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
