import { CloseCode } from "@percale/protocol";
import { MemorySocket } from "@percale/testkit";
import type { WebSocket } from "ws";
import { afterEach, expect, test, vi } from "vitest";
import type { Frame } from "./frames.ts";
import { Outbox } from "./outbox.ts";

afterEach(() => {
  vi.useRealTimers();
});

function slowOutbox(): { outbox: Outbox; socket: MemorySocket; told: () => unknown[] } {
  const socket = new MemorySocket();
  socket.reads = false;
  const told = (): unknown[] =>
    socket.heard.map(({ data }) => {
      const { t, id, n } = JSON.parse(data.toString("utf8")) as Record<string, unknown>;
      return id ?? n ?? t;
    });
  return { outbox: new Outbox(socket as unknown as WebSocket, () => undefined), socket, told };
}

const part = (n: number, bytes = 600_000): Frame => ({
  kind: "put",
  data: Buffer.from(JSON.stringify({ n, noise: "x".repeat(bytes) })),
  isBinary: false,
});

test("messages keep their order, also behind what the socket has no room for", async () => {
  const { outbox, socket, told } = slowOutbox();
  outbox.frames([part(1), part(2), part(3), part(4)]);
  outbox.send({ t: "bookmark", revision: 1 });
  outbox.frames([part(5)]);
  expect(socket.unread).toHaveLength(2);
  socket.reads = true;
  await outbox.drained(0);
  expect(told()).toEqual([1, 2, 3, 4, "bookmark", 5]);
});

test("who does not read is neither asked nor answered: that would be room without end", () => {
  const { outbox, socket, told } = slowOutbox();
  outbox.beat({ t: "pong", id: 1, timeMs: 0 });
  outbox.frames([part(2), part(3)]);
  for (let id = 4; id < 1_000; id++) outbox.beat({ t: "pong", id, timeMs: 0 });
  expect(socket.unread).toHaveLength(3);
  socket.reads = true;
  outbox.beat({ t: "pong", id: 1_000, timeMs: 0 });
  expect(told()).toEqual([1, 2, 3, 1_000]);
});

test("the last word overtakes what waits, and nothing follows it", () => {
  const { outbox, socket, told } = slowOutbox();
  outbox.frames([part(1), part(2), part(3)]);
  outbox.close(CloseCode.auth, "its token ended", { t: "reject", code: "auth", text: "its token ended" });
  outbox.frames([part(4)]);
  socket.reads = true;
  expect([told(), socket.closed]).toEqual([[1, 2, "reject"], { code: CloseCode.auth, reason: "its token ended" }]);
});

test.each(["close", "terminate"] as const)(
  "whoever waits for a reader is let go when the socket ends: %s",
  async (end) => {
    const { outbox, socket } = slowOutbox();
    outbox.frames([part(1), part(2)]);
    const waits = outbox.drained();
    socket[end]();
    await expect(waits).resolves.toBeUndefined();
  },
);

test("who reads nothing for two minutes is cut off, who reads a little is not", async () => {
  vi.useFakeTimers();
  const { outbox, socket } = slowOutbox();
  outbox.frames(Array.from({ length: 6 }, (_, n) => part(n)));
  const waits = outbox.drained();
  await vi.advanceTimersByTimeAsync(110_000);
  socket.read();
  await vi.advanceTimersByTimeAsync(110_000);
  expect(socket.closed).toBeUndefined();
  await vi.advanceTimersByTimeAsync(10_000);
  await waits;
  expect(socket.closed).toEqual({ code: CloseCode.slow, reason: "nothing was read for two minutes" });
});
