import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readKubeconfig } from "./read-kubeconfig.ts";

test.each([
  ["nothing", "", "it names no clusters"],
  ["a list", "[1]", "it names no clusters"],
  ["broken YAML", "clusters: [", "is no kubeconfig: "],
])("a kubeconfig that holds %s is told by its path", (_, text, words) => {
  const folder = mkdtempSync(join(tmpdir(), "percale-cli-"));
  const path = join(folder, "kubeconfig");
  try {
    writeFileSync(path, text);
    expect(() => readKubeconfig(path)).toThrow(words);
    expect(() => readKubeconfig(path)).toThrow(path);
    expect(() => readKubeconfig(folder)).toThrow(`cannot read ${folder}: `);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the current context says where and as whom, with what is in the file or beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-cli-"));
  const path = join(folder, "kubeconfig");
  const data = (text: string): string => Buffer.from(text).toString("base64");
  const config = {
    clusters: [
      { name: "other", cluster: { server: "https://other" } },
      { name: "here", cluster: { server: "https://here", "certificate-authority": join(folder, "ca.crt") } },
    ],
    users: [
      { name: "token", user: { token: "t" } },
      { name: "pair", user: { "client-certificate-data": data("cert"), "client-key-data": data("key") } },
    ],
    contexts: [
      { name: "a", context: { cluster: "here", user: "pair" } },
      { name: "b", context: { cluster: "other", user: "token" } },
    ],
  };
  const read = (current?: string) => {
    writeFileSync(path, JSON.stringify({ ...config, "current-context": current }));
    return readKubeconfig(path);
  };
  const none = { ca: undefined, token: undefined, cert: undefined, key: undefined };
  try {
    writeFileSync(join(folder, "ca.crt"), "the authority");
    expect(read("a")).toStrictEqual({ ...none, server: "https://here", ca: "the authority", cert: "cert", key: "key" });
    expect(read("b")).toStrictEqual({ ...none, server: "https://other", token: "t" });
    expect(read()).toStrictEqual({ ...none, server: "https://127.0.0.1:5443" });
    rmSync(join(folder, "ca.crt"));
    expect(() => read("a")).toThrow(`no kubeconfig at ${folder}/ca.crt`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
