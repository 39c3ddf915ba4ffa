import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { startMemoryApi } from "@percale/api/test-api";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

const BIN = join(import.meta.dirname, "../bin/percale");
const POLICIES = 10_000;
const BATCH = 1_000;

/** What a person waits for: the whole of a command, from its start to its end. */
export async function benchCli(): Promise<Figure[]> {
  spawnSync(process.execPath, [join(import.meta.dirname, "../bundle.mjs")]);
  const server = await startMemoryApi();
  try {
    for (let at = 0; at < POLICIES; at += BATCH) {
      const body = { changes: Array.from({ length: BATCH }, (_, i) => ({ op: "create", object: policy(at + i) })) };
      const { code } = await server.call("/changesets/v1", { method: "POST", body });
      if (code !== 200) throw new Error(`the policies were not stored: ${code}`);
    }
    const run = (...argv: readonly string[]) => medianMs(argv, { ...process.env, PERCALE_DATA: server.dataDir });
    return [
      atMost("percale version --client", await run("version", "--client"), "ms", 100),
      atMost("percale get tiers", await run("get", "tiers"), "ms", 200),
      atMost("percale get of 10,000 policies", await run("get", "globalnetworkpolicies"), "ms", 600),
      atMost(
        "percale get -o wide of 10,000 policies",
        await run("get", "globalnetworkpolicies", "-o", "wide"),
        "ms",
        600,
      ),
    ];
  } finally {
    await server.stop();
  }
}

function policy(i: number): object {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkPolicy",
    metadata: { name: `policy-${i}` },
    spec: {
      order: i,
      selector: `app == 'app-${i}'`,
      types: ["Ingress"],
      ingress: [
        {
          action: "Allow",
          protocol: "TCP",
          source: { selector: `role == 'r-${i}'` },
          destination: { ports: [80, 443] },
        },
      ],
    },
  };
}

const TIMES = 11;

/** Of runs after one that compiles. The server answers from this process, so none is waited for in one go. */
async function medianMs(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= TIMES; i++) {
    const startedAt = performance.now();
    await finished(argv, env);
    if (i > 0) times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[Math.floor(TIMES / 2)]!;
}

function finished(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  execFile(BIN, argv, { env, maxBuffer: 64 * 1024 * 1024 }, (error) => (error === null ? resolve() : reject(error)));
  return promise;
}
