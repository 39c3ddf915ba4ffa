import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { attach, containerId, detach } from "./attach.ts";
import type { Attachment } from "./attach.ts";

const folder = mkdtempSync(join(tmpdir(), "percale-attach-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ports = [{ name: "http", protocol: "TCP", port: 8080 }] as const;
const workload = { name: "cart", namespace: "shop", node: "percale-node-1", labels: { app: "cart" }, ports };

/** An attachment by a plugin that does what the shell says. */
function by(script: string): Attachment {
  const program = join(folder, "percale-cni");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o700);
  return { program, socket: "/run/cni.sock", labId: "abc123", netnsPath: "/run/netns/x", workload };
}

test("the plugin is called as a runtime calls it, and answers with addresses", async () => {
  const seen = join(folder, "seen");
  const script = `cat > ${seen}.stdin; env | grep -E 'CNI_|LAB' | sort > ${seen}.env; echo '{"ips":[{"address":"10.65.0.1/32"},{"address":"fdc0:65::1/128"}]}'`;
  expect(await attach(by(script))).toStrictEqual(["10.65.0.1", "fdc0:65::1"]);
  expect(readFileSync(`${seen}.env`, "utf8").trim().split("\n")).toStrictEqual([
    "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=cart",
    "CNI_COMMAND=ADD",
    "CNI_CONTAINERID=lab-abc123-cart",
    "CNI_IFNAME=eth0",
    "CNI_NETNS=/run/netns/x",
    `CNI_PATH=${folder}`,
    "PERCALE_CNI_SOCKET=/run/cni.sock",
    "PERCALE_LAB=abc123",
  ]);
  expect(JSON.parse(readFileSync(`${seen}.stdin`, "utf8"))).toStrictEqual({
    cniVersion: "1.0.0",
    name: "percale",
    type: "percale-cni",
    ipam: { type: "calico-ipam", assign_ipv4: "true", assign_ipv6: "true" },
    policy: { type: "k8s" },
    args: { percale: { labels: { app: "cart" }, ports } },
  });
  expect(containerId(by("true"))).toBe("lab-abc123-cart");
});

test("a plugin that says nothing gave no address; a deletion needs none", async () => {
  expect(await attach(by("true"))).toStrictEqual([]);
  await detach(by('[ "$CNI_COMMAND" = DEL ]'));
});

test.each([
  ["a CNI error", `echo '{"code":7,"msg":"no pool"}'; exit 1`, "CNI ADD of cart: no pool"],
  ["one with details", `echo '{"code":7,"msg":"no pool","details":"full"}'; exit 1`, "CNI ADD of cart: no pool: full"],
  ["words on stderr", "echo it broke >&2; exit 1", "CNI ADD of cart: it broke"],
  ["an exit code", "exit 9", "CNI ADD of cart: exit 9"],
  ["a signal", "kill -9 $$", "CNI ADD of cart: exit 1"],
])("a refusal told by %s is thrown in the plugin's own words", async (_, script, words) => {
  await expect(attach(by(script))).rejects.toThrow(words);
});

test("a plugin that is not built says how it is", async () => {
  const missing = { ...by("true"), program: join(folder, "none") };
  await expect(attach(missing)).rejects.toThrow("none does not start: npm start builds it, given a C compiler");
});
