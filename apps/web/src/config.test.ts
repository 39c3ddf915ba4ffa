import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

test("without an environment the dashboard answers on loopback, from the API of this machine", () => {
  expect(readConfig({})).toStrictEqual({
    apiUrl: new URL("https://127.0.0.1:5443"),
    ca: undefined,
    host: "127.0.0.1",
    names: ["127.0.0.1"],
    port: 3000,
    dev: false,
  });
});

test("the environment says where, as whom and whom to trust", () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-web-"));
  try {
    const file = join(folder, "ca.crt");
    writeFileSync(file, "the authority");
    const env = {
      PERCALE_API_URL: "https://api.example:6443",
      PERCALE_CA_FILE: file,
      PERCALE_WEB_HOST: "0.0.0.0",
      PERCALE_WEB_NAMES: " Percale.Example,, second ",
      PERCALE_WEB_PORT: "0",
      NODE_ENV: "development",
    };
    expect(readConfig(env)).toStrictEqual({
      apiUrl: new URL("https://api.example:6443"),
      ca: Buffer.from("the authority"),
      host: "0.0.0.0",
      names: ["0.0.0.0", "percale.example", "second"],
      port: 0,
      dev: true,
    });
    expect(() => readConfig({ PERCALE_CA_FILE: join(folder, "none") })).toThrow("PERCALE_CA_FILE: ENOENT");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each(["65536", "-1", "80.5", "http"])("a port of %s is refused by its name", (port) => {
  expect(() => readConfig({ PERCALE_WEB_PORT: port })).toThrow(new RegExp(`^PERCALE_WEB_PORT: .*, got ${port}$`));
});

test("the highest port is one", () => {
  expect(readConfig({ PERCALE_WEB_PORT: "65535" }).port).toBe(65_535);
});
