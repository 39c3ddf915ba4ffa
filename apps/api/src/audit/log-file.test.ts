import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LogFile } from "./log-file.ts";

test("a file that has become large is set aside, the newest first, and only some are kept", async () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-audit-"));
  const path = join(folder, "audit.log");
  try {
    for (let i = 0; i < 5; i++) {
      const file = new LogFile({ path, maxBytes: 10, keep: 2 }); // goes on with what is there
      file.write([`line ${i}`]);
      await file.close();
    }
    expect(readdirSync(folder).map((name) => `${name} ${readFileSync(join(folder, name), "utf8").trim()}`)).toEqual([
      "audit.log line 4",
      "audit.log.1 line 3",
      "audit.log.2 line 2",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that could not be written is written again once it can be", async () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-audit-"));
  const path = join(folder, "away", "audit.log");
  const { promise: failed, resolve } = Promise.withResolvers<Error>();
  try {
    const file = new LogFile({ path, onError: resolve });
    file.write(["lost"]);
    expect(await failed).toMatchObject({ code: "ENOENT" });
    mkdirSync(join(folder, "away"));
    file.write(["kept"]);
    await file.close();
    expect(readFileSync(path, "utf8")).toBe("kept\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
