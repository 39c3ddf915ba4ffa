// The dashboard as it is served: built when there is no build of today's sources.
import { join } from "node:path";
import { command, pinnedNode, root, SOURCES, step } from "./step.mjs";

export default async function buildWeb() {
  await step({
    name: "web",
    what: "dashboard",
    inputs: ["apps/web", "apps/api/src", ...SOURCES],
    output: "apps/web/.next/BUILD_ID",
    run: async () => {
      const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
      const next = join(root, "node_modules/next/dist/bin/next");
      await command([pinnedNode, next, "build"], { cwd: join(root, "apps/web"), env });
    },
  });
}
