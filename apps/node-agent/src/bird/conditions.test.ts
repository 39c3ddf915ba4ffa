import { expect, test } from "vitest";
import type { SessionStatus } from "@percale/bgp";
import { birdConditions } from "./conditions.ts";
import type { BirdView } from "./conditions.ts";
import { BirdSilent } from "./control.ts";

const well: BirdView = {
  fault: undefined,
  refusal: undefined,
  rejected: [],
  recovery: undefined,
  logPath: "/x/bird.log",
};
const session = (peerIP: string, state: string, peerNode?: string) =>
  ({ peerIP, state, ...(peerNode !== undefined && { peerNode }) }) as SessionStatus; // no more of it is read
const found = (view: Partial<BirdView>) =>
  birdConditions({ ...well, ...view }).map(({ code, detail, ref }) => [code, detail, ref]);
const peer = (name: string) => ({ kind: "BGPPeer", name });
const waiting = (what: string) => `Waiting for ${what}. Routes stay as they were; new ones come when it is done.`;

test.each<[what: string, view: Partial<BirdView>, conditions: readonly (readonly unknown[])[]]>([
  ["well", {}, []],
  ["down", { fault: new Error("it ended") }, [["BirdDown", expect.stringContaining("it ended"), undefined]]],
  [
    "refusing its configuration",
    { refusal: "syntax error" },
    [["BirdConfigRefused", expect.stringContaining("syntax error"), undefined]],
  ],
  [
    "refusing objects",
    {
      rejected: [
        { ref: peer("a"), message: "one" },
        { ref: peer("b"), message: "two" },
        { ref: peer("a"), message: "three" },
      ],
    },
    [
      ["BgpNotProgrammed", "one; three", peer("a")],
      ["BgpNotProgrammed", "two", peer("b")],
    ],
  ],
  [
    "waiting for peers",
    {
      recovery: {
        awaited: [
          session("192.0.2.1", "Active"),
          session("192.0.2.2", "Established"),
          session("192.0.2.3", "Idle", "n3"),
        ],
      },
    },
    [["BgpRecovering", waiting("192.0.2.1 (192.0.2.1, Active), n3 (192.0.2.3, Idle)"), undefined]],
  ],
  [
    "waiting for the routes of peers that are back",
    { recovery: { awaited: [session("192.0.2.2", "Established")] } },
    [["BgpRecovering", waiting("the last routes of the peers that are back"), undefined]],
  ],
])("of a BIRD that is %s a person hears what he needs", (_, view, conditions) => {
  expect(found(view)).toEqual(conditions);
});

test.each([
  [new Error("exit code 1"), "BIRD does not run"],
  [new BirdSilent('BIRD did not answer "show status" in 5000 ms'), "BIRD does not answer"],
])("a BIRD that hangs is not one that does not run: %s", (fault, title) => {
  expect(birdConditions({ ...well, fault })[0]).toMatchObject({ code: "BirdDown", title });
});
