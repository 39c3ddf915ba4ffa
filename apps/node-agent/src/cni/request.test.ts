import { expect, test } from "vitest";
import { CniError } from "./errors.ts";
import { parseRequest, splitPost, versionAsked } from "./request.ts";
import type { CniRequest } from "./request.ts";

const NET = { cniVersion: "1.0.0", name: "net" };

function post(config: unknown, env: Readonly<Record<string, string>> = {}): Buffer {
  const all = { CNI_COMMAND: "ADD", CNI_CONTAINERID: "c1", CNI_IFNAME: "eth0", CNI_NETNS: "/run/netns/x", ...env };
  const variables = Object.entries(all).map(([key, value]) => `${key}=${value}\0`);
  return Buffer.from(`${variables.join("")}\0${typeof config === "string" ? config : JSON.stringify(config)}`);
}

/** Without the configuration's defaults and the bytes. */
function parsed(env: Readonly<Record<string, string>>, config: unknown = NET): Omit<CniRequest, "config" | "post"> {
  const { config: _, post: __, ...request } = parseRequest(post(config, env));
  return request;
}

function refusal(bytes: Buffer): unknown {
  try {
    return parseRequest(bytes).command;
  } catch (error) {
    return error instanceof CniError ? [error.code, error.message, error.details] : error;
  }
}

const plain = {
  command: "ADD",
  cniVersion: "1.0.0",
  network: "net",
  containerID: "c1",
  ifName: "eth0",
  netns: "/run/netns/x",
  netnsOverride: false,
};

test.each<[what: string, env: Readonly<Record<string, string>>, more: object]>([
  ["plain", {}, {}],
  [
    "for a pod",
    { CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0" },
    { pod: { namespace: "shop", name: "web-0" } },
  ],
  [
    "for a pod with its uid",
    { CNI_ARGS: "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=u=1;K8S_POD_INFRA_CONTAINER_ID=c1" },
    { pod: { namespace: "shop", name: "web-0", uid: "u=1" } },
  ],
  ["with half a pod", { CNI_ARGS: "K8S_POD_NAMESPACE=shop;" }, {}],
  ["for one address", { CNI_ARGS: "IP=10.0.0.7" }, { address: "10.0.0.7" }],
  ["that insists on its namespace", { CNI_NETNS_OVERRIDE: "TRUE" }, { netnsOverride: true }],
  ["that insists in a number", { CNI_NETNS_OVERRIDE: "1" }, { netnsOverride: true }],
  ["that does not insist", { CNI_NETNS_OVERRIDE: "10" }, {}],
  ["whose unknown argument may be ignored", { CNI_ARGS: "A=B;IgnoreUnknown=True" }, {}],
])("a call %s is read whole", (_, env, more) => {
  expect(parsed(env)).toEqual({ ...plain, ...more });
});

test("a DEL may come without its namespace, and without what only an ADD needs", () => {
  const bytes = Buffer.from(`CNI_COMMAND=DEL\0\0${JSON.stringify(NET)}`);
  const { config: _, post: kept, ...request } = parseRequest(bytes);
  expect(request).toEqual({ ...plain, command: "DEL", containerID: "", ifName: "", netns: "" });
  expect(kept).toBe(bytes);
});

test("a value may hold an equals sign, and the configuration anything", () => {
  const { env, config } = splitPost(Buffer.from('A=b=c\0D=\0\0{"x":"\\u0000"}\0'));
  expect([[...env], config]).toEqual([
    [
      ["A", "b=c"],
      ["D", ""],
    ],
    '{"x":"\\u0000"}\0',
  ]);
});

test.each<[what: string, bytes: Buffer, refused: readonly [code: number, message: string, details: unknown]]>([
  ["no JSON", post("{"), [6, "the network configuration is not JSON", expect.stringContaining("SyntaxError")]],
  ["no object", post("null"), [7, "the network configuration is invalid", expect.any(String)]],
  [
    "two faults",
    post({ name: "/", mtu: "big" }),
    [7, "the network configuration is invalid", "name: must be letters, digits, _ . -; mtu: must be 0, or 68 to 65535"],
  ],
  [
    "a version to come",
    post({ ...NET, cniVersion: "2.0.0" }),
    [1, "unsupported CNI version 2.0.0", "supported: 0.1.0 0.2.0 0.3.0 0.3.1 0.4.0 1.0.0 1.1.0"],
  ],
  [
    "an unknown argument",
    post(NET, { CNI_ARGS: "IgnoreUnknown=0;A=B" }),
    [4, "CNI_ARGS has an unknown key; IgnoreUnknown=1 would allow it", "A"],
  ],
  ["an argument that is none", post(NET, { CNI_ARGS: "IP=1;A" }), [4, "CNI_ARGS must be K=V;K=V", "A"]],
  [
    "an impossible namespace",
    post(NET, { CNI_ARGS: "K8S_POD_NAMESPACE=../x;K8S_POD_NAME=y" }),
    [4, "CNI_ARGS names no pod", "K8S_POD_NAMESPACE must be a namespace's name, got ../x"],
  ],
  [
    "an impossible pod",
    post(NET, { CNI_ARGS: "K8S_POD_NAMESPACE=x;K8S_POD_NAME=Y" }),
    [4, "CNI_ARGS names no pod", "K8S_POD_NAME must be a pod's name, got Y"],
  ],
  ["cut-off variables", Buffer.from("CNI_COMMAND=ADD\0A"), [5, "the request ends inside its variables", ""]],
])("a call with %s is told what is wrong", (_, bytes, refused) => {
  expect(refusal(bytes)).toEqual(refused);
});

const DEL = { CNI_COMMAND: "DEL" };
test.each<[what: string, config: unknown, env: Readonly<Record<string, string>>]>([
  ["a setting of the wrong type", { ...NET, mtu: "big" }, DEL],
  ["an argument that is none", NET, { ...DEL, CNI_ARGS: "A" }],
  ["an impossible pod", NET, { ...DEL, CNI_ARGS: "K8S_POD_NAMESPACE=../x;K8S_POD_NAME=y" }],
])("%s does not keep a DEL from what it needs", (_, config, env) => {
  expect(parsed(env, config)).toEqual({ ...plain, command: "DEL" });
});

test("a GC with a setting of the wrong type still knows what is valid", () => {
  const valid = [{ containerID: "c1", ifname: "eth0" }];
  const { config } = parseRequest(
    post({ ...NET, mtu: "big", "cni.dev/valid-attachments": valid }, { CNI_COMMAND: "GC" }),
  );
  expect([config.mtu, config["cni.dev/valid-attachments"]]).toEqual([0, valid]);
});

test("a DEL that does not even name its network is refused", () => {
  expect([refusal(post({ name: "/" }, DEL)), refusal(post("null", DEL))]).toEqual([
    [7, "the network configuration is invalid", "name: must be letters, digits, _ . -"],
    [7, "the network configuration is invalid", expect.any(String)],
  ]);
});

test.each<[what: string, bytes: Buffer, version: string]>([
  ["a version", post({ cniVersion: "0.4.0" }), "0.4.0"],
  ["none", post({}), "0.2.0"],
  ["one that is no text", post({ cniVersion: 1 }), "1.1.0"],
  ["no JSON", post("{"), "1.1.0"],
  ["nothing", post("null"), "1.1.0"],
  ["cut-off variables", Buffer.from("A"), "1.1.0"],
])("an error of a call with %s is told in a version that it can read", (_, bytes, version) => {
  expect(versionAsked(bytes)).toBe(version);
});
