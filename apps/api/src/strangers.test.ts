import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Strangers } from "./strangers.ts";

const strangers = new Strangers(2);
const met: Socket[] = [];
const server = createServer((socket) => {
  met.push(socket);
  strangers.meet(socket);
});
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());

/** "open", or how the server ended it. */
async function open(from = "127.0.0.1"): Promise<{ readonly socket: Socket; readonly isCut: boolean }> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: "127.0.0.1", port, localAddress: from }).on("error", () => undefined);
  const ours = once(server, "connection");
  const cut = once(socket, "close");
  await ours;
  const isCut = met.at(-1)!.destroyed;
  if (isCut) await cut;
  return { socket, isCut };
}

test("a source has only so many connections with nobody known on them, others have their own", async () => {
  const [first, second, third] = [await open(), await open(), await open()];
  const other = await open("127.0.0.2");
  expect([first, second, third, other].map(({ isCut }) => isCut)).toEqual([false, false, true, false]);
  expect(strangers.count).toBe(3);

  strangers.know(met[0]!);
  const fourth = await open();
  expect([fourth.isCut, (await open()).isCut]).toEqual([false, true]);

  second.socket.destroy();
  await once(met[1]!, "close");
  expect((await open()).isCut).toBe(false);
  for (const socket of met) socket.destroy();
});
