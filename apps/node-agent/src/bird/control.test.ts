import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BirdControl } from "./control.ts";

let folder: string;
let path: string;
let server: Server;

/** Greets, and hangs up on whoever says a word. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "percale-bird-"));
  path = join(folder, "bird.ctl");
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("0001 BIRD 2.0.12 ready.\n");
    socket.once("data", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

test("a BIRD that hangs up is told at once, also to who asks or listens only afterwards", async () => {
  const control = await BirdControl.open(path);
  await expect(control.command("show status")).rejects.toThrow("BIRD closed the control socket");
  await expect(control.command("show status")).rejects.toThrow("BIRD closed the control socket");
  await new Promise<void>((resolve) => control.onClose(resolve));
  control.close();
});
