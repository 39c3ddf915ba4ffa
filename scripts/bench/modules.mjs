// What `npm run bench` can measure. Each runs in a process of its own: no figure profits or suffers from another's memory.
import { forTests } from "../setup/debian.mjs";

const chromium = forTests.filter(({ program }) => program === "chromium");

/** `needs`: Debian programs beside the product's own; `web`: the dashboard, built for production. */
export const MODULES = [
  { name: "policy", file: "packages/policy/bench/graph.ts", run: "benchGraph" },
  { name: "evaluator", file: "packages/policy/bench/evaluator.ts", run: "benchEvaluator" },
  { name: "nft", file: "packages/dataplane/bench/nft.ts", run: "benchNft" },
  { name: "agent", file: "apps/node-agent/bench/agent.ts", run: "benchAgent" },
  { name: "store", file: "packages/store/bench/store.ts", run: "benchStore" },
  { name: "api", file: "apps/api/bench/api.ts", run: "benchApi" },
  { name: "holds", file: "apps/api/bench/holds.ts", run: "benchHolds" },
  { name: "stream", file: "apps/api/bench/stream.ts", run: "benchStream" },
  { name: "attachments", file: "apps/api/bench/attachments.ts", run: "benchAttachments" },
  { name: "cli", file: "apps/cli/bench/cli.ts", run: "benchCli" },
  { name: "path", file: "scripts/bench/path.ts", run: "benchPath" },
  { name: "web", file: "apps/web/bench/web.ts", run: "benchWeb", needs: chromium, web: true },
];

/** Those whose names contain one of the words; all without words. Throws for a word that names none. */
export function chooseModules(words) {
  const unknown = words.find((word) => !MODULES.some(({ name }) => name.includes(word)));
  if (unknown !== undefined)
    throw new Error(`there is no bench called ${unknown}: one of ${MODULES.map(({ name }) => name).join(", ")}`);
  return words.length === 0 ? MODULES : MODULES.filter(({ name }) => words.some((word) => name.includes(word)));
}
