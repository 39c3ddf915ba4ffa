import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { completeLinks } from "./binaries.ts";

test("the links that a package cannot hold are made beside what they lead to, whatever its folder is called", () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-binaries-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const native = join(folder, "copy");
  mkdirSync(join(native, "lib"), { recursive: true });
  for (const name of ["libpq.so.5.18", "libz.so.1"]) writeFileSync(join(native, "lib", name), name);
  symlinkSync("nowhere", join(native, "lib/libz.so")); // one that a torn installation left
  const links = [
    { source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" },
    { source: "native/lib/libz.so.1", target: "native/lib/libz.so" },
    { source: "native/lib/gone", target: "native/lib/libz.so.1" },
  ];
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify(links));
  for (let i = 0; i < 2; i++) completeLinks(native);
  expect(["libpq.so.5", "libz.so"].map((name) => readlinkSync(join(native, "lib", name)))).toEqual([
    "libpq.so.5.18",
    "libz.so.1",
  ]);
  expect(() => readlinkSync(join(native, "lib/libz.so.1"))).toThrow("EINVAL"); // what is there stays
});
