import { expect, test } from "vitest";
import { object } from "../testdata/objects.ts";
import type { StreamStep } from "../part.ts";
import { bgpInputs, touchesBgp } from "./inputs.ts";

const step = (more: Partial<Extract<StreamStep, { t: "step" }>>): StreamStep => ({
  t: "step",
  puts: [],
  deletes: [],
  revision: 1,
  complete: false,
  heldBack: 0,
  ...more,
});

test.each<[what: string, step: StreamStep, isTouched: boolean]>([
  ["nothing", step({}), false],
  ["a policy", step({ puts: [object("GlobalNetworkPolicy", "a", {})] }), false],
  ["a peer", step({ puts: [object("Profile", "a", {}), object("BGPPeer", "a", {})] }), true],
  ["a pool that goes", step({ deletes: [{ kind: "IPPool", name: "a" }] }), true],
  ["the end of a snapshot", step({ complete: true }), true],
  ["half a snapshot", { t: "loading", puts: [object("Node", "a", {})] }, false],
])("%s may change BIRD's configuration: %j", (_, one, isTouched) => {
  expect(touchesBgp(one)).toBe(isTouched);
});

test("the configuration is made of this node's view of five kinds", () => {
  const one = (kind: string) => object(kind, kind.toLowerCase(), {});
  const kinds = ["Node", "IPPool", "BlockAffinity", "BGPConfiguration", "BGPPeer", "Profile"];
  const { sha256, ...inputs } = bgpInputs("n1", kinds.map(one));
  expect(inputs).toEqual({
    node: "n1",
    nodes: [one("Node")],
    pools: [one("IPPool")],
    affinities: [one("BlockAffinity")],
    configurations: [one("BGPConfiguration")],
    peers: [one("BGPPeer")],
  });
  expect(Buffer.from(sha256("")).toString("hex")).toMatch(/^e3b0c44298fc1c14/);
});
