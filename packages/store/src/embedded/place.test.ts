import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clusterFolder, clusterPassword, freePort, onFreePort } from "./place.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "percale-place-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test("a cluster lives where it is wanted, or at one place for each path that its account cannot get to", () => {
  const [home, account] = [folder(), { name: "other", uid: statSync(tmpdir()).uid + 1, gid: 1 }];
  const wanted = join(home, "db");
  chmodSync(home, 0o755);
  expect([clusterFolder(wanted, account), clusterFolder(wanted, undefined)]).toEqual([wanted, wanted]);
  chmodSync(home, 0o700);
  const elsewhere = clusterFolder(wanted, account);
  expect(elsewhere).toMatch(/^\/var\/lib\/percale\/postgres-[0-9a-f]{12}$/);
  expect([clusterFolder(wanted, account), clusterFolder(wanted, undefined)]).toEqual([elsewhere, wanted]);
  expect(clusterFolder(join(home, "other"), account)).not.toBe(elsewhere);
});

test("a password is made once for a cluster, is no other's, and only its owner can read it", async () => {
  const path = join(folder(), "password");
  const password = await clusterPassword(path);
  expect(password).toMatch(/^[\w-]{32}$/);
  expect([await clusterPassword(path), statSync(path).mode & 0o777]).toEqual([password, 0o600]);
  expect(await clusterPassword(`${path}-2`)).not.toBe(password);
});

test("a free port can be listened on", async () => {
  const server = createServer().listen(await freePort(), "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
});

test("a server whose port was taken in between starts on another, and one that fails otherwise does not", async () => {
  const listen = async (port: number) => {
    const server = createServer().listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    return port;
  };
  const taken = await listen(await freePort());
  const ports = [taken, await freePort()];
  const choose = async () => Promise.resolve(ports.shift()!);
  expect(await onFreePort(listen, choose)).not.toBe(taken);
  await expect(onFreePort(listen, async () => Promise.resolve(taken))).rejects.toThrow("in use");
  let tried = 0;
  await expect(onFreePort(() => Promise.reject(new Error(`broken ${++tried}`)))).rejects.toThrow("broken 1");
});
