import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const root = join(import.meta.dirname, "../../..");

test("without an environment everything is in the repository", () => {
  expect(readConfig({})).toStrictEqual({
    root,
    dataDir: join(root, ".percale"),
    kubeconfig: join(root, ".percale/kubeconfig"),
    calledAs: "percale",
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
    PERCALE_CALLED: "kubectl-percale",
    PERCALE_LAB_ROOTLESS: "1",
  };
  expect(readConfig(env)).toStrictEqual({
    root: "/srv/percale",
    dataDir: "/var/lib/percale",
    kubeconfig: "/var/lib/percale/kubeconfig",
    calledAs: "kubectl-percale",
    prettyLog: true,
    rootless: true,
    environment: { ...env, PATH: "/bin:/usr/sbin:/sbin" },
  });
});
