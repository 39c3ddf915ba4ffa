import { expect, test } from "vitest";
import { connectionWords, createConnection } from "./connection.ts";

const clock = (ms: number) => `t${ms}`;

test("an open socket without a watch is not live", () => {
  const connection = createConnection();
  connection.opened();
  expect(connectionWords(connection.read(), 0, clock)).toEqual({ tone: "connecting", text: "Connecting" });
  connection.heard(5, "12");
  expect(connectionWords(connection.read(), 5, clock)).toEqual({ tone: "live", text: "Live" });
});

test("a lost socket counts down, then says since when it is gone", () => {
  const connection = createConnection();
  connection.heard(0, "12");
  connection.closed(1000);
  connection.retrying(5000);
  expect(connectionWords(connection.read(), 1500, clock).text).toBe("Reconnecting 4 s");
  connection.closed(6000);
  expect(connectionWords(connection.read(), 16_000, clock)).toEqual({ tone: "off", text: "Offline since t1000" });
});

test("a watch that the server refuses is not live though the socket stands", () => {
  const connection = createConnection();
  connection.heard(0);
  connection.refused(100, "datastore unavailable");
  expect(connectionWords(connection.read(), 200, clock)).toEqual({ tone: "wait", text: "Not live" });
  connection.heard(300);
  expect(connection.read()).toMatchObject({ s: "live", sinceMs: 300 });
});
