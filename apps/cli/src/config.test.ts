import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apiSocket, labFolder, labId, labSocket, readConfig } from "./config.ts";

const root = join(import.meta.dirname, "../../..");

test("without an environment everything is in the repository", () => {
  expect(readConfig({})).toStrictEqual({
    root,
    dataDir: join(root, ".percale"),
    kubeconfig: join(root, ".percale/kubeconfig"),
    prettyLog: false,
    rootless: false,
    environment: { PATH: ":/usr/sbin:/sbin" },
  });
});

test("the environment says where and how", () => {
  const env = {
    PATH: "/bin",
    PERCALE_ROOT: "/srv/percale",
    PERCALE_DATA: "/var/lib/percale",
    PERCALE_LOG: "pretty",
    PERCALE_LAB_ROOTLESS: "1",
  };
  expect(readConfig(env)).toStrictEqual({
    root: "/srv/percale",
    dataDir: "/var/lib/percale",
    kubeconfig: "/var/lib/percale/kubeconfig",
    prettyLog: true,
    rootless: true,
    environment: { ...env, PATH: "/bin:/usr/sbin:/sbin" },
  });
});

test("two data folders have two labs, and one always the same", () => {
  expect(labId("/a")).toMatch(/^[0-9a-f]{6}$/);
  expect(labId("/a/../a")).toBe(labId("/a"));
  expect(labId("/b")).not.toBe(labId("/a"));
});

test("a folder too deep for the path of a socket gets a short one elsewhere", () => {
  const deep = (length: number): string => `/${"d".repeat(length - 5)}`; // with /lab: `length` bytes
  expect(labFolder(deep(72))).toBe(`${deep(72)}/lab`);
  expect(labFolder(deep(73))).toBe(join(tmpdir(), `percale-lab-${labId(deep(73))}`));
  expect(labSocket("/a")).toBe("/a/lab/lab.sock");
  expect(apiSocket("/a")).toBe("/a/api.sock");
});
