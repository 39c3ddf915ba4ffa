import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { chooseAccess } from "./choose.ts";
import type { AccessFlags } from "./choose.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "percale-access-"));
  mkdirSync(join(folder, "home/.kube"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** A kubeconfig of two contexts, whose servers say which file and context it is. */
function kubeconfig(name: string): string {
  const contexts = ["one", "two"];
  const config = {
    clusters: contexts.map((one) => ({
      name: one,
      cluster: { server: `https://${name.replaceAll("/", "-")}-${one}` },
    })),
    users: [{ name: "u", user: { token: `of ${name}` } }],
    contexts: contexts.map((one) => ({ name: one, context: { cluster: one, user: "u" } })),
    "current-context": "one",
  };
  writeFileSync(at(name), JSON.stringify(config));
  return at(name);
}

function calicoFile(spec: object, more: object = {}): string {
  writeFileSync(
    at("calicoctl.cfg"),
    JSON.stringify({ kind: "CalicoAPIConfig", apiVersion: "projectcalico.org/v3", metadata: {}, spec, ...more }),
  );
  return at("calicoctl.cfg");
}

/** Which server is asked; nothing is of this machine. */
const choose = async (env: Record<string, string>, flags: AccessFlags = {}) =>
  chooseAccess(readConfig({ PERCALE_ROOT: at("root"), HOME: at("home"), ...env }), flags);
const server = async (env: Record<string, string>, flags?: AccessFlags) => (await choose(env, flags)).server;

test("kubectl's own file is read where nothing else is said, and where there is none either it is told what to do", async () => {
  await expect(choose({})).rejects.toThrow(
    `nothing says where the API server is: set PERCALE_SERVER and PERCALE_TOKEN, or KUBECONFIG; npm start writes ${at("root")}/.percale/kubeconfig`,
  );
  kubeconfig("home/.kube/config");
  expect(await server({})).toBe("https://home-.kube-config-one");
});

test("what npm start wrote comes before it, variables before that, ours before calicoctl's, flags before all", async () => {
  kubeconfig("home/.kube/config");
  mkdirSync(at("root/.percale"), { recursive: true });
  kubeconfig("root/.percale/kubeconfig");
  expect(await server({})).toBe("https://root-.percale-kubeconfig-one");
  const env: Record<string, string> = { KUBECONFIG: kubeconfig("k") };
  expect(await server(env)).toBe("https://k-one");
  env["CALICO_KUBECONFIG"] = kubeconfig("c");
  expect(await server(env)).toBe("https://c-one");
  env["K8S_API_ENDPOINT"] = "https://endpoint";
  expect(await server(env)).toBe("https://endpoint");
  mkdirSync(at("data"));
  kubeconfig("data/kubeconfig");
  env["PERCALE_DATA"] = at("data");
  expect(await server(env)).toBe("https://data-kubeconfig-one");
  expect(await server(env, { config: calicoFile({ server: "https://file" }) })).toBe("https://file");
  env["PERCALE_KUBECONFIG"] = kubeconfig("p");
  expect(await server(env)).toBe("https://p-one");
  env["PERCALE_SERVER"] = "https://ours";
  expect(await server(env)).toBe("https://ours");
  expect(await server(env, { context: "one" })).toBe("https://p-one");
  expect(await server(env, { config: calicoFile({ server: "https://file" }) })).toBe("https://file");
  expect(await server(env, { kubeconfig: at("k") })).toBe("https://k-one");
  expect(await server(env, { server: "https://flag" })).toBe("https://flag");
});

test("a context is chosen by the flag, else by the variable, else by the file", async () => {
  const env = { KUBECONFIG: kubeconfig("k") };
  expect(await server(env, { context: "two" })).toBe("https://k-two");
  expect(await server({ ...env, K8S_CURRENT_CONTEXT: "two" })).toBe("https://k-two");
  expect(await server({ ...env, PERCALE_CONTEXT: "two", K8S_CURRENT_CONTEXT: "one" })).toBe("https://k-two");
  expect(
    await server({}, { context: "one", config: calicoFile({ kubeconfig: at("k"), k8sCurrentContext: "two" }) }),
  ).toBe("https://k-one");
  expect(await server({}, { config: calicoFile({ kubeconfig: at("k"), k8sCurrentContext: "two" }) })).toBe(
    "https://k-two",
  );
  await expect(choose(env, { context: "three" })).rejects.toThrow(
    `context "three" does not exist; ${at("k")} has one, two`,
  );
});

test("a server is reached as its variables say", async () => {
  for (const name of ["ca", "cert", "key", "token"]) writeFileSync(at(name), `the ${name}\n`);
  expect(
    await choose({
      PERCALE_SERVER: "https://ours",
      PERCALE_TOKEN_FILE: at("token"),
      PERCALE_CA_FILE: at("ca"),
      PERCALE_CERT_FILE: at("cert"),
      PERCALE_KEY_FILE: at("key"),
    }),
  ).toStrictEqual({ server: "https://ours", token: "the token", ca: "the ca\n", cert: "the cert\n", key: "the key\n" });
  expect(await choose({ PERCALE_SERVER: "https://ours", PERCALE_TOKEN: "t", PERCALE_INSECURE: "true" })).toStrictEqual({
    server: "https://ours",
    token: "t",
    ca: undefined,
    cert: undefined,
    key: undefined,
    insecure: true,
  });
  await expect(choose({ PERCALE_SERVER: "https://ours", PERCALE_CA_FILE: at("none") })).rejects.toThrow(
    `cannot read ${at("none")}: ENOENT`,
  );
});

test("calicoctl's file says it, and then its variables are not read", async () => {
  const config = calicoFile({
    k8sAPIEndpoint: "https://file",
    k8sAPIToken: "t",
    k8sInsecureSkipTLSVerify: true,
    k8sClientQPS: 50,
  });
  const none = { ca: undefined, cert: undefined, key: undefined };
  expect(await choose({ K8S_CA_FILE: at("none"), KUBECONFIG: at("none") }, { config })).toStrictEqual({
    ...none,
    server: "https://file",
    token: "t",
    insecure: true,
  });
  const inline = JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://inline" } }],
    contexts: [{ name: "x", context: { cluster: "c" } }],
    "current-context": "x",
  });
  expect(await server({}, { config: calicoFile({ kubeconfigInline: inline }) })).toBe("https://inline");
});

test.each<[string, () => string, string | RegExp]>([
  ["that is missing", () => at("none"), /^Error reading config file: .*\/none$/],
  [
    "of another kind",
    () => calicoFile({}, { kind: "X" }),
    'must be a CalicoAPIConfig of projectcalico.org/v3, got "X"',
  ],
  ["of another version", () => calicoFile({}, { apiVersion: "v1" }), 'of "v1"'],
  [
    "with a field that there is not",
    () => calicoFile({ datastoreTyp: "x" }),
    /there is no field datastoreTyp; .*did you mean datastoreType\?$/,
  ],
  ["with a field beside the spec", () => calicoFile({}, { sepc: {} }), "there is no field sepc"],
  ["whose spec is none", () => calicoFile([]), "spec must be an object, got []"],
  [
    "that speaks of etcd alone",
    () => calicoFile({ etcdEndpoints: "http://e" }),
    "percale asks an API server, and datastoreType etcdv3 names none",
  ],
])("a file %s is told", async (_, path, words) => {
  await expect(choose({}, { config: path() })).rejects.toThrow(words);
});

test("that the data is in etcd is no matter where a server is named", async () => {
  expect(await server({ DATASTORE_TYPE: "etcdv3", KUBECONFIG: kubeconfig("k") })).toBe("https://k-one");
  await expect(choose({ CALICO_ETCD_ENDPOINTS: "http://e" })).rejects.toThrow("percale asks an API server");
  kubeconfig("home/.kube/config");
  expect(await server({ CALICO_ETCD_ENDPOINTS: "http://e", DATASTORE_TYPE: "kubernetes" })).toBe(
    "https://home-.kube-config-one",
  );
});

test("of several kubeconfigs the first to say something wins, and one may be missing", async () => {
  writeFileSync(
    at("first"),
    JSON.stringify({ clusters: [{ name: "two", cluster: { server: "https://first-two" } }], "current-context": "two" }),
  );
  const KUBECONFIG = [at("first"), at("none"), kubeconfig("k")].join(":");
  expect(await server({ KUBECONFIG })).toBe("https://first-two");
  expect(await server({ KUBECONFIG }, { context: "one" })).toBe("https://k-one");
});

test("a credential plugin says who one is", async () => {
  const say = (credential: object): string =>
    `printf '%s' '${JSON.stringify({ kind: "ExecCredential", status: credential })}'`;
  const write = (script: string): string => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "sh",
      args: ["-c", script],
      env: [{ name: "X", value: "1" }],
    };
    writeFileSync(
      at("k"),
      JSON.stringify({
        clusters: [
          { name: "c", cluster: { server: "https://s", "tls-server-name": "name", "insecure-skip-tls-verify": true } },
        ],
        users: [{ name: "u", user: { exec } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    );
    return at("k");
  };
  const PATH = process.env["PATH"]!;
  const base = { server: "https://s", serverName: "name", insecure: true, ca: undefined };
  expect(await choose({ PATH, KUBECONFIG: write(say({ token: "t" })) })).toStrictEqual({
    ...base,
    token: "t",
    cert: undefined,
    key: undefined,
  });
  expect(
    await choose({ PATH, KUBECONFIG: write(say({ clientCertificateData: "c", clientKeyData: "k" })) }),
  ).toStrictEqual({
    ...base,
    token: undefined,
    cert: "c",
    key: "k",
  });
  const told = 'case $KUBERNETES_EXEC_INFO in *ExecCredential*) [ "$X" = 1 ] && ';
  expect((await choose({ PATH, KUBECONFIG: write(`${told}${say({ token: "told" })};; esac`) })).token).toBe("told");
  await expect(choose({ PATH, KUBECONFIG: write("exit 3") })).rejects.toThrow(
    "the kubeconfig's credential plugin sh failed: exit code 3",
  );
  await expect(choose({ PATH, KUBECONFIG: write("echo no") })).rejects.toThrow(
    "the kubeconfig's credential plugin sh printed no ExecCredential",
  );
});
