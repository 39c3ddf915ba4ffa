import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const require = createRequire(import.meta.url);

test("threads that have worked keep no process alive", async () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-threads-"));
  const program = join(folder, "program.mjs");
  writeFileSync(
    program,
    `import { largeWork } from "${new URL("admission/large-work.ts", import.meta.url).href}";
     import { Judge } from "${new URL("policy/judge.ts", import.meta.url).href}";
     import { MemoryStore } from "${pathToFileURL(require.resolve("@percale/store/memory")).href}";
     const judge = new Judge({ store: new MemoryStore() });
     const selected = await judge.ask("select", () => ({ selector: "all()" }));
     const body = { bytes: Buffer.from("{}"), type: "application/json" };
     const refused = await largeWork.split(body).catch((error) => error.message);
     console.log(JSON.stringify({ selected, refused }));`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program]).finally(() =>
    rmSync(folder, { recursive: true }),
  );
  expect(JSON.parse(stdout)).toEqual({
    selected: { ok: true, count: 0, called: [], namespaces: 0, endpoints: [], sets: [] },
    refused: expect.stringContaining("the change set is not valid") as string,
  });
});
