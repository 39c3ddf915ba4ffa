import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Condition } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { object, pool, tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const a = new TestNode("na", { address: "192.0.2.1/24" });
const b = new TestNode("nb", { address: "192.0.2.2/24" });

const peer = (name: string, address: string): KubeObject =>
  object("BGPPeer", name, {
    node: "na",
    peerIP: address,
    asNumber: 65_000,
    sourceAddress: "UseNodeIP",
    reversePeering: "Auto",
  });

/** A BIRD with an opinion of its own: another version refuses what ours accepts. */
const UNLIKED = "192.0.2.66";
function pickyBird(): string {
  const path = join(a.directory, "picky-bird");
  writeFileSync(
    path,
    `#!/bin/sh
if [ "$1" = -p ] && line=$(grep -n -m1 "neighbor ${UNLIKED}" "$3"); then
  echo "$3:\${line%%:*}:12 Address not to my taste" >&2
  exit 1
fi
exec bird "$@"
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const statusOf = (node: string) => server.statuses.findLast((one) => one.node === node);
const conditionsOf = (node: string): readonly Condition[] => statusOf(node)?.conditions ?? [];
const sessionOf = (node: string, peerIP: string) => statusOf(node)?.sessions.find((one) => one.peerIP === peerIP);
const birdPid = (node: TestNode): number => Number(readFileSync(join(node.directory, "data/bird/bird.pid"), "utf8"));

beforeAll(async () => {
  const wire = ["link", "add", "wire0", "type", "veth", "peer", "name", "wire0", "netns", b.netns];
  execFileSync("ip", ["-n", a.netns, ...wire]);
  for (const { netns } of [a, b]) execFileSync("ip", ["-n", netns, "link", "set", "wire0", "master", "uplink0", "up"]);
  server.seed([tier, pool("10.79.0.0/24"), peer("unliked", UNLIKED)]);
  await server.listen(a.apiSocket);
  a.start([`--bird=${pickyBird()}`]);
  b.start([`--api-socket=${a.apiSocket}`]);
  for (const node of [a, b]) await until("ready", async () => (await node.health("/readyz")).status === 200);
});

afterAll(async () => {
  await b.remove();
  await a.remove();
  await server.close();
});

test("an object that BIRD refuses is left out alone: BIRD starts, new blocks get their routes, the object is told of", async () => {
  expect((await a.cni("ADD", "web")).code).toBe(0);
  await until("the block is announced and learned", () =>
    /^10\.79\.0\.\d+\/26 via 192\.0\.2\.1 dev uplink0 proto bird/m.test(
      execFileSync("ip", ["-n", b.netns, "route"], { encoding: "utf8" }),
    ),
  );
  await until("it is told", () => conditionsOf("na").some(({ code }) => code === "BgpNotProgrammed"));
  expect(conditionsOf("na").filter(({ code }) => code === "BgpNotProgrammed")).toMatchObject([
    { ref: { kind: "BGPPeer", name: "unliked" }, detail: "BIRD refuses it: Address not to my taste" },
  ]);
  server.write([], [{ kind: "BGPPeer", name: "unliked" }]);
  await until("it is told no more", () => !conditionsOf("na").some(({ code }) => code === "BgpNotProgrammed"));
});

test("a peer that never answers holds up no recovery, however often BIRD is killed", async () => {
  server.write([peer("silent", "192.0.2.200")]);
  await until("there", () => sessionOf("na", "192.0.2.200") !== undefined);
  await until("established", () => sessionOf("na", "192.0.2.2")?.state === "Established");
  for (const round of [1, 2]) {
    const before = birdPid(a);
    process.kill(before, "SIGKILL");
    await until(`another BIRD runs, round ${round}`, () => birdPid(a) !== before);
    await until("the peer that was there is back", () => sessionOf("na", "192.0.2.2")?.state === "Established", 60_000);
    await until("nobody is waited for", () => !conditionsOf("na").some(({ code }) => code === "BgpRecovering"), 60_000);
    await until("the silent one is tried again", () => sessionOf("na", "192.0.2.200")?.state !== "Idle", 60_000);
    const routes = execFileSync("ip", ["-n", b.netns, "route"], { encoding: "utf8" });
    expect(routes).toMatch(/^10\.79\.0\.\d+\/26 via 192\.0\.2\.1 dev uplink0 proto bird/m);
  }
});

test("a peer that was there and does not come back is named while it is waited for", async () => {
  await b.stop("SIGKILL");
  process.kill(birdPid(b), "SIGKILL");
  const before = birdPid(a);
  process.kill(before, "SIGKILL");
  await until("it is named", () =>
    conditionsOf("na").some(({ code, detail }) => code === "BgpRecovering" && detail.includes("nb (192.0.2.2,")),
  );
  b.start([`--api-socket=${a.apiSocket}`]);
  await until("it is back", () => sessionOf("na", "192.0.2.2")?.state === "Established", 60_000);
  await until("and told no more", () => !conditionsOf("na").some(({ code }) => code === "BgpRecovering"), 60_000);
});

test("a BIRD that is not there is a condition and no readiness, and both end with it", async () => {
  const c = new TestNode("nc", { address: "192.0.2.3/24" });
  try {
    const path = join(c.directory, "late-bird");
    c.start([`--api-socket=${a.apiSocket}`, `--bird=${path}`]);
    await until("it is told", () => conditionsOf("nc").some(({ code }) => code === "BirdDown"));
    expect(await c.health("/readyz")).toMatchObject({ status: 503, body: expect.stringContaining("is not installed") });
    writeFileSync(path, '#!/bin/sh\nexec bird "$@"\n', { mode: 0o755 });
    await until("ready", async () => (await c.health("/readyz")).status === 200);
    await until("told no more", () => !conditionsOf("nc").some(({ code }) => code === "BirdDown"));
  } finally {
    await c.remove();
  }
});

test("a check that fails without BIRD's words is no refusal: told, tried again, over with its cause", async () => {
  const c = new TestNode("nd", { address: "192.0.2.4/24" });
  try {
    const path = join(c.directory, "bird");
    const script = (line: string) => writeFileSync(path, `#!/bin/sh\n${line}\nexec bird "$@"\n`, { mode: 0o755 });
    script("kill -9 $$");
    c.start([`--api-socket=${a.apiSocket}`, `--bird=${path}`]);
    await until("it is told", () => conditionsOf("nd").some(({ detail }) => detail.includes("SIGKILL")));
    script("");
    await until("ready", async () => (await c.health("/readyz")).status === 200);
    await until("told no more", () => conditionsOf("nd").every(({ code }) => !code.startsWith("Bird")));
  } finally {
    await c.remove();
  }
});

test("a BIRD that runs and does not answer is told, none is started beside it, and the agent still ends in good order", async () => {
  const pid = birdPid(b);
  await until("ready", async () => (await b.health("/readyz")).status === 200);
  await b.stop("SIGKILL");
  process.kill(pid, "SIGSTOP");
  try {
    b.start([`--api-socket=${a.apiSocket}`]);
    await until("it is told", () => conditionsOf("nb").some(({ detail }) => detail.includes("did not answer")));
    expect(birdPid(b)).toBe(pid);
    await b.stop();
    b.start([`--api-socket=${a.apiSocket}`]);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await until("ready", async () => (await b.health("/readyz")).status === 200);
  expect(birdPid(b)).toBe(pid);
});
