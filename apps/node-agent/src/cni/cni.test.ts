import { createHash } from "node:crypto";
import { ipamHashes } from "@percale/daemon";
import { describe, expect, test } from "vitest";
import { CniError } from "./errors.ts";
import { identify } from "./identity.ts";
import { parseRequest } from "./request.ts";
import { renderError, renderResult } from "./result.ts";

const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

function post(config: string, env: Record<string, string> = {}): Buffer {
  const all = { CNI_COMMAND: "ADD", CNI_CONTAINERID: "c1", CNI_IFNAME: "eth0", CNI_NETNS: "/run/netns/x", ...env };
  return Buffer.from(
    `${Object.entries(all)
      .map(([key, value]) => `${key}=${value}\0`)
      .join("")}\0${config}`,
  );
}

function codeOf(run: () => unknown): number | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof CniError ? error.code : -1;
  }
}

/** Names for when the wanted one is somebody else's. */
const alternatives = Array.from({ length: 3 }, () => expect.stringMatching(/^cali[0-9a-f]{11}$/) as string);
const good = '{"cniVersion":"1.0.0","name":"net"}';

test.each([
  ["a good request", post(good), undefined],
  ["no JSON", post("{"), 6],
  ["no name", post('{"cniVersion":"1.0.0"}'), 7],
  ["a version to come", post('{"cniVersion":"2.0.0","name":"net"}'), 1],
  ["an unknown argument", post(good, { CNI_ARGS: "A=B" }), 4],
  ["an unknown argument, ignored", post(good, { CNI_ARGS: "A=B;IgnoreUnknown=1" }), undefined],
  ["cut-off variables", Buffer.from("CNI_COMMAND=ADD"), 5],
])("%s", (_name, bytes, code) => {
  expect(codeOf(() => parseRequest(bytes))).toBe(code);
});

test("a pod's interface has upstream's name, so that either plugin finds the other's", () => {
  const request = parseRequest(
    post(good, { CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0" }),
  );
  expect(identify(request, "node-1", sha1)).toEqual({
    namespace: "default",
    name: "node--1-k8s-web--0-eth0",
    orchestrator: "k8s",
    interfaceNames: ["cali0d7763386da", ...alternatives],
    handle: "net.c1",
  });
});

test("anything else is named after its container", () => {
  expect(identify(parseRequest(post(good)), "n", sha1)).toMatchObject({
    name: "n-cni-c1-eth0",
    interfaceNames: ["calic1", ...alternatives],
  });
});

test("the label of an owner is upstream's", () => {
  expect(ipamHashes.sha3Base32("node-1")).toBe("A3XPYDATRKB7Q4SM2O5FN4RXIHBFIL2PITFX26BAIP5XAB2X74CA");
});

describe("results", () => {
  const attached = {
    hostInterface: "cali0",
    ifName: "eth0",
    mac: "02:00:00:00:00:01",
    mtuBytes: 1450,
    netns: "/run/netns/x",
    addresses: ["10.0.0.5", "fd00::5"],
  };
  test.each(["0.2.0", "0.4.0", "1.0.0", "1.1.0"])("in the shape of %s", async (version) => {
    await expect(JSON.stringify(renderResult(version, attached), undefined, 2)).toMatchFileSnapshot(
      `testdata/result-${version}.json`,
    );
  });
});

test.each([
  ["a setting of the wrong type", '{"cniVersion":"1.0.0","name":"net","mtu":"big"}', {}],
  ["an unknown argument", good, { CNI_ARGS: "A=B" }],
  ["an argument that is none", good, { CNI_ARGS: "A" }],
  ["a pod that cannot be", good, { CNI_ARGS: "K8S_POD_NAMESPACE=../x;K8S_POD_NAME=y" }],
])("%s is refused for ADD and does not keep DEL from succeeding", (_name, config, env) => {
  expect(codeOf(() => parseRequest(post(config, env)))).toBeGreaterThan(0);
  expect(codeOf(() => parseRequest(post(config, { ...env, CNI_COMMAND: "DEL" })))).toBeUndefined();
});

test.each([
  ["after what is known of it", "EPERM: add veth", "EPERM: add veth (request 7f3c)"],
  ["alone", "", "(request 7f3c)"],
])("an error names its request in what runtimes show of it, %s", (_name, details, shown) => {
  const error = { code: 107, message: "no privilege", details };
  expect(renderError("1.0.0", error, "7f3c")).toEqual({
    cniVersion: "1.0.0",
    code: 107,
    msg: "no privilege",
    details: shown,
  });
});
