import { expect, test } from "vitest";
import { SessionJournal } from "./index.ts";
import type { SessionStatus } from "./index.ts";

const session: SessionStatus = {
  peerIP: "192.0.2.2",
  type: "NodeMesh",
  asNumber: 64512,
  state: "Established",
  since: "10:00",
  info: "",
  routesImported: 0,
  routesExported: 0,
};

/** What is told of one session at each look: [second, state, since, what BIRD gives as reason]. */
function told(...looks: readonly (readonly [number, SessionStatus["state"], string, string?])[]) {
  const journal = new SessionJournal();
  return looks.map(([second, state, since, info = ""]) => {
    const [seen] = journal.note([{ ...session, state, since, info }], second * 1000);
    return [seen!.since, seen!.info, seen!.flaps];
  });
}

test("a session that fails again and again is down since it was lost", () => {
  expect(told([0, "Established", "10:00"], [1, "Idle", "10:05", "Bad"], [9, "Idle", "10:06", "Bad"])).toEqual([
    ["10:00", "", 0],
    ["10:05", "Bad", 1],
    ["10:05", "Bad", 1],
  ]);
});

test("a reason outlasts the attempt behind it, and ends when it is not heard again", () => {
  expect(
    told([0, "Idle", "10:00", "Bad"], [10, "Connect", "10:00"], [59, "Connect", "10:00"], [60, "Connect", "10:00"]),
  ).toEqual([
    ["10:00", "Bad", 0],
    ["10:00", "Bad", 0],
    ["10:00", "Bad", 0],
    ["10:00", "", 0],
  ]);
});

test("a reason ends with the session's recovery: what is heard afterwards is another one", () => {
  expect(told([0, "Idle", "10:00", "Bad"], [1, "Established", "10:01"], [2, "Connect", "10:02"])).toEqual([
    ["10:00", "Bad", 0],
    ["10:01", "", 0],
    ["10:02", "", 1],
  ]);
});

test("a session that was lost and came back between two looks has flapped", () => {
  expect(told([0, "Established", "10:00"], [9, "Established", "10:01"])[1]).toEqual(["10:01", "", 1]);
});

test("while BIRD does not answer nobody knows since when; when it does again, nothing has happened to what stands", () => {
  expect(told([0, "Connect", "10:00"], [1, "Idle", ""], [2, "Connect", "10:02"]).map(([since]) => since)).toEqual([
    "10:00",
    "",
    "10:00",
  ]);
  const blip = told([0, "Established", "10:00"], [1, "Idle", ""], [2, "Established", "10:00"]);
  expect(blip.map(([since, , flaps]) => [since, flaps])).toEqual([
    ["10:00", 0],
    ["", 0],
    ["10:00", 0],
  ]);
});
