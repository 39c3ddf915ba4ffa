import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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
