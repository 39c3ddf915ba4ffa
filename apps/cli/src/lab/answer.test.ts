import { expect, test } from "vitest";
import { answer } from "./answer.ts";
import type { Running } from "./answer.ts";
import type { ProbeRequest } from "./control.ts";
import type { LabStatus } from "./status.ts";

const port = (number: number) => ({ name: `p${number}`, protocol: "TCP" as const, port: number });
const workload = (name: string, addresses: readonly string[], ports = [port(8080), port(9100)]) => ({
  name,
  namespace: "shop",
  node: "percale-node-1",
  addresses,
  labels: {},
  ports,
  pid: 7,
});
const status: LabStatus = {
  state: "ready",
  progress: "ready",
  rootless: false,
  daemonPid: 1,
  nodes: [{ name: "percale-node-1", addresses: ["172.30.10.11"], agent: "running", agentRestarts: 0 }],
  workloads: [
    workload("cart", ["10.65.0.1", "fdc0:65::1"]),
    workload("six", ["fdc0:65::6"]),
    workload("mute", ["10.65.0.9"], []),
  ],
  outside: { name: "outside", addresses: ["172.30.10.100"], ports: [port(443)], pid: 9 },
};

/** A lab in which whoever sends tells what he was asked to send. */
function lab(): Running & { readonly sent: unknown[] } {
  const sent: unknown[] = [];
  const processOf: Running["processOf"] = (name) =>
    name === "outside"
      ? undefined
      : {
          probe: async (target) => {
            sent.push([name, target]);
            return { kind: "open", tookMs: 1, answeredBy: "it" };
          },
          stream: async (target) => {
            sent.push([name, target]);
            return { sent: 1, echoed: 1, longestGapMs: 0 };
          },
          throughput: async (target) => {
            sent.push([name, target]);
            return 5;
          },
        };
  return { status, processOf, sent };
}

const request = (more: Partial<ProbeRequest>): ProbeRequest => ({
  verb: "probe",
  from: "cart",
  to: "six",
  protocol: "tcp",
  timeoutMs: 9,
  ...more,
});
const open = { kind: "open", tookMs: 1, answeredBy: "it" };

test.each<[what: string, asked: Partial<ProbeRequest>, source: string | undefined, address: string, port: number]>([
  ["a name is IPv4 and its first port", { from: "six", to: "cart" }, undefined, "10.65.0.1", 8080],
  ["a name with its namespace is the same", { from: "six", to: "shop/cart" }, undefined, "10.65.0.1", 8080],
  ["who has IPv6 alone is reached by it", { to: "six" }, "fdc0:65::1", "fdc0:65::6", 8080],
  ["a family that is asked for", { to: "cart", family: 6 }, "fdc0:65::1", "fdc0:65::1", 8080],
  ["an address is taken as it is", { to: "fdc0:65::1" }, "fdc0:65::1", "fdc0:65::1", 8080],
  ["a port that is named", { to: "outside", port: 80 }, "10.65.0.1", "172.30.10.100", 80],
  ["icmp has no port", { to: "mute", protocol: "icmp", port: 80 }, "10.65.0.1", "10.65.0.9", 0],
  ["an address of nobody", { to: "192.0.2.1", port: 80 }, "10.65.0.1", "192.0.2.1", 80],
])("a probe: %s", async (_what, asked, source, address, number) => {
  const running = lab();
  const { from, protocol, timeoutMs } = request(asked);
  const answered = await answer(request(asked), running);
  expect(answered).toMatchObject({ from, source, address, port: number, protocol, result: open });
  expect(running.sent).toStrictEqual([[from, { protocol, address, port: number, timeoutMs }]]);
});

test.each<[Partial<ProbeRequest>, string]>([
  [{ to: "nobody" }, "no workload, node or host called nobody; there are frontend, "],
  [{ from: "outside", to: "cart" }, "cannot send from outside: not a part of the lab, or not up yet"],
  [{ to: "mute" }, "mute has no port of its own: name one with --port"],
  [{ to: "six", family: 4 }, "six has no IPv4 address"],
  [{ to: "mute", family: 6 }, "mute has no IPv6 address"],
])("a probe of %j is refused in words", async (asked, words) => {
  await expect(answer(request(asked), lab())).rejects.toThrow(words);
});

test("a status, a stream and a measure of throughput go from name to name", async () => {
  const running = lab();
  expect(await answer({ verb: "status" }, running)).toBe(status);
  const stream = { verb: "stream", from: "cart", to: "six", port: 53, intervalUs: 100, count: 3 } as const;
  expect(await answer(stream, running)).toStrictEqual({ sent: 1, echoed: 1, longestGapMs: 0 });
  for (const to of [{ to: "cart" }, { to: "cart", port: 99 }, { to: "mute" }])
    expect(await answer({ verb: "throughput", from: "six", durationMs: 4, ...to }, running)).toStrictEqual({
      bytesPerSecond: 5,
    });
  expect(running.sent).toStrictEqual([
    ["cart", { address: "fdc0:65::6", port: 53, intervalUs: 100, count: 3 }],
    ["six", { address: "10.65.0.1", port: 8080, durationMs: 4 }],
    ["six", { address: "10.65.0.1", port: 99, durationMs: 4 }],
    ["six", { address: "10.65.0.9", port: 0, durationMs: 4 }],
  ]);
});
