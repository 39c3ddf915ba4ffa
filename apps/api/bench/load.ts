/** The load generator, in a process of its own so that it doesn't slow the server it measures. Speaks JSON lines on its standard streams. */
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";

interface Task {
  readonly url: string;
  readonly token: string;
  readonly ca: string;
  readonly clients: number;
  readonly seconds: number;
  /** Creates a second over all clients; absent: as many as go. */
  readonly rate?: number;
}

const task = JSON.parse(process.argv[2] ?? "{}") as Task; // written by bench/api.ts
const agent = new Agent({ ca: task.ca, keepAlive: true, maxSockets: task.clients });
const path = "/apis/projectcalico.org/v3/namespaces/bench/networksets";

function create(name: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const body = JSON.stringify({
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkSet",
    metadata: { name, namespace: "bench", labels: { at: String(Date.now()) }, annotations: { sent: String(now()) } },
    spec: { nets: ["10.1.2.3/32", "10.1.2.4/32"] },
  });
  const headers = {
    authorization: `Bearer ${task.token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const onResponse = (response: IncomingMessage): void => {
    response.resume();
    response.on("end", () => resolve(response.statusCode ?? 0));
  };
  request(new URL(path, task.url), { method: "POST", headers, agent }, onResponse).on("error", reject).end(body);
  return promise;
}

/** Milliseconds of a clock that all processes of the machine share. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

const startedAt = now();
const until = startedAt + task.seconds * 1000;
let done = 0;
let failed = 0;
const latencies: number[] = [];

async function client(id: number): Promise<void> {
  const pauseMs = task.rate === undefined ? 0 : (1000 * task.clients) / task.rate;
  let due = now() + pauseMs * (id / task.clients);
  for (let count = 0; now() < until; count++) {
    if (pauseMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - now())));
      due += pauseMs;
    }
    const before = now();
    const code = await create(`set-${task.rate ?? "max"}-${id}-${count}`);
    latencies.push(now() - before);
    if (code === 201) done++;
    else failed++;
  }
}

await Promise.all(Array.from({ length: task.clients }, (_, id) => client(id)));
latencies.sort((a, b) => a - b);
const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? 0;
console.log(JSON.stringify({ done, failed, seconds: (now() - startedAt) / 1000, p99 }));
agent.destroy();
