import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pool, tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const a = new TestNode("na", { address: "192.0.2.1/24" });
const b = new TestNode("nb", { address: "192.0.2.2/24" });

beforeAll(async () => {
  execFileSync("ip", [
    "-n",
    a.netns,
    "link",
    "add",
    "wire0",
    "type",
    "veth",
    "peer",
    "name",
    "wire0",
    "netns",
    b.netns,
  ]);
  for (const { netns } of [a, b]) execFileSync("ip", ["-n", netns, "link", "set", "wire0", "master", "uplink0", "up"]);
  server.seed([tier, pool("10.78.0.0/24")]);
  await server.listen(a.apiSocket);
  for (const node of [a, b]) {
    node.start([`--api-socket=${a.apiSocket}`]);
    await until("ready", async () => (await node.health("/readyz")).status === 200);
  }
});

afterAll(async () => {
  await b.remove();
  await a.remove();
  await server.close();
});

test("workloads of two nodes reach each other over routes that BIRD learned, also after one agent is killed", async () => {
  const attach = async (node: TestNode, id: string): Promise<string> => {
    const { output } = await node.cni("ADD", id);
    return (JSON.parse(output) as { ips: { address: string }[] }).ips[0]!.address.split("/")[0]!;
  };
  const [first, second] = [await attach(a, "web"), await attach(b, "db")];
  await until("there", () => a.reaches("web", second), 30_000);
  await until("and back", () => b.reaches("db", first), 30_000);
  // The block's route may come after that of the one address in it.
  await until("the block is learned", () =>
    /^10\.78\.0\.\d+\/26 via 192\.0\.2\.2 dev uplink0 proto bird/m.test(
      execFileSync("ip", ["-n", a.netns, "route"], { encoding: "utf8" }),
    ),
  );
  await until("the session is reported", () =>
    server.statuses.some(
      ({ node, sessions }) =>
        node === "na" && sessions.some(({ peerNode, state }) => peerNode === "nb" && state === "Established"),
    ),
  );
  const tellsOf = (node: string, from: string, dst: RegExp): boolean =>
    server.statuses.some(
      (status) =>
        status.node === node &&
        status.routes?.list.some((route) => route.from === from && dst.test(route.dst)) === true,
    );
  await until("its routes are reported, of all three origins", () =>
    [
      tellsOf("na", "peer", /\/26$/),
      tellsOf("na", "block", /\/26$/),
      tellsOf("na", "workload", new RegExp(`^${first.replaceAll(".", "[.]")}/32$`)),
    ].every(Boolean),
  );
  const { body } = await a.health("/metrics");
  const labels = '{peer="192.0.2.2",peer_node="nb",type="NodeMesh"}';
  expect(body.split("\n").filter((line) => line.startsWith("percale_bgp_"))).toEqual([
    'percale_bgp_sessions{state="Established"} 1',
    `percale_bgp_session_established${labels} 1`,
    expect.stringMatching(/^percale_bgp_session_routes_imported\{.*\} [1-9]/),
    expect.stringMatching(/^percale_bgp_session_routes_exported\{.*\} [1-9]/),
    `percale_bgp_session_flaps_total${labels} 0`,
  ]);
  await b.stop("SIGKILL");
  expect(await a.reaches("web", second)).toBe(true);
  b.start([`--api-socket=${a.apiSocket}`]);
  await until("ready again", async () => (await b.health("/readyz")).status === 200);
  await until("that it was started again is reported", () =>
    server.statuses.some(({ node, starts = [] }) => node === "nb" && starts.length === 2),
  );
  expect(await a.reaches("web", second)).toBe(true);
});
