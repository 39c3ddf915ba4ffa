import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askLab, NoLabError, serveControl } from "./control.ts";

let folder: string;
let socket: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "percale-control-"));
  socket = join(folder, "lab.sock");
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a question goes there whole, and the answer comes back whole", async () => {
  writeFileSync(socket, ""); // what a killed daemon left
  server = await serveControl(socket, async (request) => ({ heard: request }));
  const question = { verb: "throughput", from: "a", to: "b", durationMs: 5 } as const;
  expect(await Promise.all([askLab(socket, question), askLab(socket, { verb: "status" })])).toStrictEqual([
    { heard: question },
    { heard: { verb: "status" } },
  ]);
});

test("a refusal is thrown in the daemon's words, and the daemon goes on", async () => {
  server = await serveControl(socket, async ({ verb }) => {
    if (verb === "status") throw new Error("no workload called x");
    return { stopped: true };
  });
  const refusal = await askLab(socket, { verb: "status" }).catch((error: unknown) => error);
  expect(refusal).toStrictEqual(new Error("no workload called x"));
  expect(await askLab(socket, { verb: "stop" })).toStrictEqual({ stopped: true });
});

test("where no lab runs, that is said", async () => {
  await expect(askLab(socket, { verb: "status" })).rejects.toStrictEqual(
    new NoLabError("no lab is running: percale lab up"),
  );
});

test("a lab that ends before it answers is told from one that refuses", async () => {
  server = createServer((connection) => connection.end()).listen(socket);
  await once(server, "listening");
  await expect(askLab(socket, { verb: "status" })).rejects.toStrictEqual(
    new NoLabError("the lab ended before it answered"),
  );
});
