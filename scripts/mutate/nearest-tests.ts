import { join, relative } from "node:path";
import { createVitest } from "vitest/node";

/** What tests need: nothing, or a Postgres of their own. */
export type Needs = "unit" | "pg";

export const CONFIG = join(import.meta.dirname, "vitest.config.ts");

/** The test files below `folder` that reach each of these files, however many imports away. Paths of tests are relative to `root`. */
export async function nearestTests({
  root,
  folder,
  files,
  needs,
}: {
  readonly root: string;
  readonly folder: string;
  readonly files: ReadonlySet<string>;
  readonly needs: Needs;
}): Promise<ReadonlyMap<string, readonly string[]>> {
  process.env["PERCALE_MUTATE_NEEDS"] = needs; // read by the configuration
  const vitest = await createVitest("test", { config: CONFIG, root, dir: join(root, folder), watch: false });
  try {
    const testsByFile = new Map<string, readonly string[]>();
    for (const file of files) {
      vitest.config.related = [file];
      const found = await vitest.getRelevantTestSpecifications();
      testsByFile.set(file, found.map(({ moduleId }) => relative(root, moduleId)).sort());
    }
    return testsByFile;
  } finally {
    await vitest.close();
  }
}
