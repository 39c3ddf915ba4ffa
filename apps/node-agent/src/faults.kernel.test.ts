import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "@percale/resources";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pool, tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const node = new TestNode("n1");

beforeAll(async () => {
  server.seed([tier, pool("10.81.0.0/24"), pool("fd81::/112")]);
  await server.listen(node.apiSocket);
  node.start(["--no-bgp"]);
  await until("ready", async () => (await node.health("/readyz")).status === 200);
  await until("registered", () => server.objects.has("Node/n1"));
  await call("ADD", "first"); // makes block, affinity and profile
});

afterAll(async () => {
  await node.remove();
  await server.close();
});

let id = "";
let count = 0;
beforeEach(() => {
  id = `c${count++}`;
});

const config = { mtu: 1400, ipam: { assign_ipv4: "true", assign_ipv6: "true" } };
/** Code of the CNI error (0 for success) and its details. */
async function call(command: string, container: string): Promise<{ readonly code: number; readonly details: string }> {
  const { code, output } = await node.cni(command, container, { config });
  return code === 0 ? { code, details: "" } : (JSON.parse(output) as { code: number; details: string });
}
const ip = (netns: string, ...args: string[]): string =>
  execFileSync("ip", ["-n", netns, ...args], { encoding: "utf8" });
const inside = (): string => `${node.netns}-${id}`;
const hostInterface = (): string => {
  const stored = server.objects.get(`WorkloadEndpoint/shop/n1-k8s-${id}-eth0`);
  return (stored as KubeObject<{ interfaceName: string }>).spec.interfaceName;
};
/** What the agent says is wrong with this test's attachment. */
const told = () =>
  server.statuses
    .at(-1)
    ?.conditions.filter(({ code, ref }) => code === "AttachmentBroken" && ref?.name === `n1-k8s-${id}-eth0`) ?? [];
const queued = (): string[] => {
  const directory = join(node.directory, "cni/cni-queue");
  return existsSync(directory) ? readdirSync(directory) : [];
};
/** All that an ADD makes, wherever it is. */
const traces = async (): Promise<unknown> => ({
  objects: [...server.objects.keys()].filter((key) => key.includes(`k8s-${id}-`) || key.endsWith(`.${id}`)),
  links: (await node.links()).filter((name) => name.startsWith("cali")),
  // The agent's other half adds its own of another metric, of earlier containers too, when it comes to it.
  routes: new Set(
    ip(node.netns, "route", "show", "scope", "link")
      .split("\n")
      .map((line) => line.split(" ")[0]),
  ),
  files: readdirSync(join(node.directory, "data/attachments")),
  queued: queued(),
});

describe("an ADD that fails", () => {
  afterEach(() => {
    server.refusal = undefined;
  });

  test.each([
    [401, "Unauthorized", 105],
    [403, "Forbidden", 105],
    [422, "Invalid", 102],
    [500, "InternalError", 11],
    [429, "TooManyRequests", 11],
  ])("because the API says %i has its own code and leaves nothing", async (code, reason, expected) => {
    const before = await traces();
    server.refusal = { code, reason };
    expect(await call("ADD", id)).toMatchObject({ code: expected });
    expect(await traces()).toEqual(before);
  });

  test.each([
    ["full", "size=4k,nr_inodes=1", 108],
    ["read-only", "ro", 109],
  ])(
    "because the folder of attachments is %s has its own code and leaves nothing",
    async (_name, options, expected) => {
      const before = await traces();
      const directory = join(node.directory, "data/attachments");
      execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
      try {
        expect(await call("ADD", id)).toMatchObject({ code: expected });
      } finally {
        execFileSync("umount", [directory]);
      }
      expect(await traces()).toEqual(before);
      expect((await call("ADD", id)).code).toBe(0);
    },
  );

  test("leaves the pod's older container its endpoint as it was, labels too", async () => {
    const as = (role: string) => ({
      args: `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${id}`,
      config: { ...config, args: { percale: { labels: { role } } } },
    });
    const endpoint = () => {
      const { metadata, spec } = server.objects.get(`WorkloadEndpoint/shop/n1-k8s-${id}-eth0`)!;
      return { labels: metadata.labels, spec };
    };
    expect((await node.cni("ADD", `${id}old`, as("old"))).code).toBe(0);
    const before = endpoint();
    const directory = join(node.directory, "data/attachments");
    execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", directory]);
    try {
      expect((await node.cni("ADD", id, as("new"))).code).toBe(1);
    } finally {
      execFileSync("umount", [directory]);
    }
    expect(endpoint()).toEqual(before);
    const [network = ""] = (before.spec as { readonly ipNetworks: readonly string[] }).ipNetworks;
    await expect.poll(() => ip(node.netns, "route", "show", "scope", "link")).toContain(network.split("/")[0]); // also on a busy machine
  });

  test("because the kernel refuses a setting leaves nothing", async () => {
    const before = await traces();
    const { code, output } = await node.cni("ADD", id, { config: { ...config, mtu: 66_000 } });
    expect([code, JSON.parse(output)]).toMatchObject([1, { code: 7 }]);
    expect(await traces()).toEqual(before);
  });
});

describe("a DEL", () => {
  afterEach(() => {
    server.refusal = undefined;
  });

  test("that the API refuses fails with its code: only an absent API is waited for", async () => {
    await call("ADD", id);
    server.refusal = { code: 403, reason: "Forbidden" };
    expect(await call("DEL", id)).toMatchObject({ code: 105 });
    expect(queued()).toEqual([]);
    server.refusal = { code: 503, reason: "ServiceUnavailable" };
    expect(await call("DEL", id)).toMatchObject({ code: 0 });
    expect(queued()).toHaveLength(1);
    server.refusal = undefined;
    expect(await call("DEL", id)).toMatchObject({ code: 0 });
    expect(queued()).toEqual([]);
  });

  test.each(["lo", "nosuch0"])("of %s, which is nobody's workload, succeeds and is not queued", async (ifName) => {
    expect((await node.cni("DEL", id, { config, ifName })).code).toBe(0);
    expect(queued()).toEqual([]);
    expect(ip(inside(), "-o", "link")).toContain("lo");
  });
});

/** In a shell on the node: the IPv4 address behind an interface. */
const addressBehind = (host: string): string => `$(ip -o route show dev ${host} | head -1 | cut -d' ' -f1)`;

describe("CHECK", () => {
  test.each<[string, () => string[], RegExp]>([
    [
      "an address",
      () => ["addr", "del", ip(inside(), "-o", "-4", "addr", "show", "eth0").split(/\s+/)[3]!, "dev", "eth0"],
      /lacks the address/,
    ],
    ["the default route", () => ["route", "del", "default"], /lacks its default route/],
    ["the IPv6 default route", () => ["-6", "route", "del", "default"], /lacks its default route/],
    ["the route to the gateway", () => ["route", "del", "169.254.1.1"], /route to the gateway/],
    ["the gateway's neighbour entry", () => ["neigh", "del", "169.254.1.1", "dev", "eth0"], /neighbour entry/],
    [
      "another MAC of the gateway",
      () => ["neigh", "replace", "169.254.1.1", "lladdr", "02:00:00:00:00:99", "nud", "permanent", "dev", "eth0"],
      /neighbour entry/,
    ],
    [
      "another MAC of the IPv6 gateway",
      () => [
        "neigh",
        "replace",
        "fe80::ecee:eeff:feee:eeee",
        "lladdr",
        "02:00:00:00:00:99",
        "nud",
        "permanent",
        "dev",
        "eth0",
      ],
      /neighbour entry/,
    ],
    ["a link that is down", () => ["link", "set", "eth0", "down"], /down/],
    ["a larger MTU", () => ["link", "set", "eth0", "mtu", "1500"], /MTU 1500/],
  ])("sees in the container: %s; a new ADD of it mends that", async (_name, harm, expected) => {
    await call("ADD", id);
    expect(await call("CHECK", id)).toEqual({ code: 0, details: "" });
    ip(inside(), ...harm());
    expect(await call("CHECK", id)).toMatchObject({ code: 103, details: expect.stringMatching(expected) as string });
    expect(await call("ADD", id)).toMatchObject({ code: 0 });
    expect(await call("CHECK", id)).toEqual({ code: 0, details: "" });
  });

  test.each<[string, (host: string) => readonly string[]]>([
    ["MAC", (host) => ["ip", "link", "set", host, "address", "02:00:00:00:00:99"]],
    ["MTU", (host) => ["ip", "link", "set", host, "mtu", "1300"]],
    ["link, set down", (host) => ["ip", "link", "set", host, "down"]],
    ["proxy ARP", (host) => ["sysctl", "-q", "-w", `net.ipv4.conf.${host}.proxy_arp=0`]],
    ["routes", (host) => ["ip", "route", "flush", "dev", host]],
    ["route, led elsewhere", (host) => ["sh", "-c", `ip route replace ${addressBehind(host)} dev uplink0`]],
    ["route, made a hole", (host) => ["sh", "-c", `ip route replace blackhole ${addressBehind(host)}`]],
    [
      "neighbour entry of the container",
      (host) => [
        "sh",
        "-c",
        `ip neigh replace ${addressBehind(host)} lladdr 02:00:00:00:00:99 nud permanent dev ${host}`,
      ],
    ],
    ["link, made a bridge's port", (host) => ["ip", "link", "set", host, "master", "uplink0"]],
  ])("passes again by itself: the agent restores the node's side, here the %s", async (_name, harm) => {
    await call("ADD", id);
    await until("the agent's other half is done", () =>
      ip(node.netns, "neigh", "show", "dev", hostInterface()).includes("PERMANENT"),
    );
    expect(await call("CHECK", id)).toEqual({ code: 0, details: "" });
    execFileSync("ip", ["netns", "exec", node.netns, ...harm(hostInterface())]);
    await until("whole again", async () => (await call("CHECK", id)).code === 0);
    expect(ip(node.netns, "-o", "link", "show", hostInterface())).not.toContain("master");
    const [address] = ip(inside(), "-o", "-4", "addr", "show", "eth0").split(/\s+/).slice(3);
    expect(await node.reaches("first", address!.split("/")[0]!)).toBe(true);
  });

  test("passes another MAC that the node learned by itself: it corrects that by itself, too", async () => {
    await call("ADD", id);
    const [address] = ip(inside(), "-o", "-6", "addr", "show", "eth0", "scope", "global").split(/\s+/).slice(3);
    const learned = ["lladdr", "02:00:00:00:00:77", "nud", "reachable", "dev", hostInterface()];
    ip(node.netns, "neigh", "replace", address!.split("/")[0]!, ...learned);
    expect(await call("CHECK", id)).toEqual({ code: 0, details: "" });
  });

  test("what is wrong in a container is a condition until it is right", async () => {
    await call("ADD", id);
    ip(inside(), "neigh", "del", "169.254.1.1", "dev", "eth0");
    ip(node.netns, "link", "set", hostInterface(), "mtu", "1300"); // makes the agent look
    await until("told", () => told().length === 1);
    expect(told()).toMatchObject([
      {
        detail: expect.stringContaining("169.254.1.1") as string,
        ref: { kind: "WorkloadEndpoint", namespace: "shop", name: `n1-k8s-${id}-eth0` },
      },
    ]);
    await call("DEL", id);
    await until("over", () => told().length === 0);
  });

  test("an older container of the same pod is not judged by what is its successor's by now", async () => {
    const asPod = { config, args: `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${id}` };
    expect((await node.cni("ADD", `${id}old`, asPod)).code).toBe(0);
    expect((await node.cni("ADD", id, asPod)).code).toBe(0);
    ip(inside(), "neigh", "del", "169.254.1.1", "dev", "eth0");
    ip(node.netns, "link", "set", hostInterface(), "mtu", "1300");
    await until("told", () => told().length === 1);
    expect(told()[0]?.detail).toBe("the container's neighbour entry of the gateway 169.254.1.1 is missing or wrong");
    expect((await node.cni("DEL", `${id}old`, asPod)).code).toBe(0);
    expect((await node.cni("DEL", id, asPod)).code).toBe(0);
    await until("over", () => told().length === 0);
  });

  test("what is detached is nobody's fault, though its deletion waits for the API", async () => {
    await call("ADD", id);
    ip(inside(), "neigh", "del", "169.254.1.1", "dev", "eth0");
    ip(node.netns, "link", "set", hostInterface(), "mtu", "1300");
    await until("told", () => told().length === 1);
    server.refusal = { code: 503, reason: "ServiceUnavailable" };
    try {
      expect(await call("DEL", id)).toMatchObject({ code: 0 });
      expect(queued()).toHaveLength(1);
      await until("over", () => told().length === 0);
    } finally {
      server.refusal = undefined;
    }
    await until("the deletion is done", () => queued().length === 0);
  });
});
