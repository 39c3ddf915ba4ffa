import { expect, test } from "vitest";
import { type ConnectionState, connectionWords, createConnection } from "./connection.ts";
import type { Presence } from "./heard.ts";

const words = (state: ConnectionState, nowMs: number, presence: Presence = { s: "now" }) =>
  connectionWords({ state, presence, nowMs }, (ms) => `t${ms}`);

test("an open socket without a watch is not live", () => {
  const connection = createConnection();
  connection.opened();
  expect(words(connection.read(), 0, { s: "waiting" })).toEqual({ tone: "connecting", text: "Connecting" });
  connection.heard(5, "12");
  expect(words(connection.read(), 5)).toEqual({ tone: "live", text: "Live" });
});

test("a page that was paused says so, whatever its socket does meanwhile", () => {
  const paused: Presence = { s: "past", atMs: 0, why: "paused" };
  expect(words({ s: "live", sinceMs: 0, revision: "12" }, 60_000, paused)).toEqual({ tone: "wait", text: "Paused" });
  expect(words({ s: "wait", lostAtMs: 0, retryAtMs: undefined }, 60_000, paused).text).toBe("Paused");
});

test("a lost socket counts down, then says since when it is gone", () => {
  const connection = createConnection();
  connection.heard(0, "12");
  connection.closed(1000);
  connection.retrying(5000);
  expect(words(connection.read(), 1500).text).toBe("Reconnecting 4 s");
  connection.closed(6000);
  expect(words(connection.read(), 16_000)).toEqual({ tone: "off", text: "Offline since t1000" });
});

test("a watch that the server refuses is not live though the socket stands", () => {
  const connection = createConnection();
  connection.heard(0);
  connection.refused(100, "datastore unavailable");
  expect(words(connection.read(), 200)).toEqual({ tone: "wait", text: "Not live" });
  connection.heard(300);
  expect(connection.read()).toMatchObject({ s: "live", sinceMs: 300 });
});

test("listeners hear what changes, until they leave", () => {
  const connection = createConnection();
  const heard: string[] = [];
  const leave = connection.subscribe(() => void heard.push(connection.read().s));
  connection.heard(1, "5");
  connection.heard(2, "5");
  connection.heard(2);
  connection.heard(3, "6");
  expect(connection.read()).toEqual({ s: "live", sinceMs: 1, revision: "6" });
  connection.retrying(9);
  connection.closed(4);
  leave();
  connection.heard(5);
  expect(heard).toEqual(["live", "live", "wait"]);
  expect(connection.read()).toEqual({ s: "live", sinceMs: 5, revision: undefined });
});

test("it is lost since it was first lost, however often it is tried again", () => {
  const connection = createConnection();
  connection.refused(100, "no");
  connection.closed(200);
  connection.retrying(900);
  connection.refused(300, "still no");
  expect(connection.read()).toEqual({ s: "refused", lostAtMs: 100, reason: "still no" });
});

test.each([
  [{ s: "wait", lostAtMs: 0, retryAtMs: undefined }, 0, "wait", "Reconnecting"],
  [{ s: "wait", lostAtMs: 0, retryAtMs: 1001 }, 1, "wait", "Reconnecting 1 s"],
  [{ s: "wait", lostAtMs: 0, retryAtMs: 1002 }, 1, "wait", "Reconnecting 2 s"],
  [{ s: "wait", lostAtMs: 0, retryAtMs: 5 }, 5, "wait", "Reconnecting"],
  [{ s: "wait", lostAtMs: 0, retryAtMs: 99_999 }, 14_999, "wait", "Reconnecting 85 s"],
  [{ s: "wait", lostAtMs: 0, retryAtMs: 99_999 }, 15_000, "off", "Offline since t0"],
  [{ s: "refused", lostAtMs: 0, reason: "" }, 15_000, "off", "Offline since t0"],
] as const)("%j at %i is said to be %s", (state, nowMs, tone, text) => {
  expect(words(state, nowMs)).toEqual({ tone, text });
});

test.each<[presence: Presence, nowMs: number, tone: string, text: string]>([
  [{ s: "waiting" }, 0, "connecting", "Connecting"],
  [{ s: "past", atMs: 0, why: "server" }, 3_200, "wait", "Server silent for 3 s"],
  [{ s: "past", atMs: 0, why: "server" }, 15_000, "off", "Server silent since t0"],
  [{ s: "past", atMs: 0, why: "store" }, 4_000, "wait", "Database silent for 4 s"],
  [{ s: "past", atMs: 0, why: "store" }, 20_000, "off", "Database silent since t0"],
])("a socket that stands is not live where it is %j at %i", (presence, nowMs, tone, text) => {
  const live: ConnectionState = { s: "live", sinceMs: 0, revision: undefined };
  expect(words(live, nowMs, presence)).toEqual({ tone, text });
});
