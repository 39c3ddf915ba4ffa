import { expect, test } from "vitest";
import { z } from "zod";
import { defineConfig } from "./config.ts";

const config = defineConfig("PERCALE", {
  apiUrl: { schema: z.url(), default: "https://127.0.0.1:5443", help: "where the API listens" },
  resyncMs: { schema: z.int().min(1), default: 90_000, unit: "ms", help: "pause between full passes" },
  lab: { schema: z.boolean(), default: true, help: "bring up the lab" },
  peers: { schema: z.array(z.string()), default: [], help: "other servers" },
  token: { schema: z.string().optional(), secret: true, help: "bearer token" },
});

const file = { file: "c.json", readText: () => '{"resyncMs":1,"lab":false}' };

test("flags win over environment over file over defaults", () => {
  const env = { PERCALE_RESYNC_MS: "2", PERCALE_PEERS: "a, b" };
  const { values } = config.load({ argv: ["--resync-ms=3"], env, ...file });
  expect(values).toEqual({
    apiUrl: "https://127.0.0.1:5443",
    resyncMs: 3,
    lab: false,
    peers: ["a", "b"],
    token: undefined,
  });
});

test("a switch is given by name and taken back with --no-", () => {
  expect(config.load({ argv: ["--no-lab"] }).values.lab).toBe(false);
  expect(config.load({ argv: ["--lab"], ...file }).values.lab).toBe(true);
});

test("effective values name their source and hide secrets", () => {
  const { effective } = config.load({ env: { PERCALE_TOKEN: "s3cret" } });
  expect(effective.at(-1)).toEqual({ key: "token", value: "***", source: "environment" });
  expect(effective[1]).toEqual({ key: "resyncMs", value: 90_000, source: "default" });
});

test.each([
  {
    name: "unknown flag",
    input: { argv: ["--nope"] },
    message: /^unknown option --nope; there are --config, --api-url, /,
  },
  { name: "misspelt flag", input: { argv: ["--resink-ms=1"] }, message: /did you mean resync-ms\?$/ },
  {
    name: "number out of range",
    input: { argv: ["--resync-ms=0"] },
    message: /resyncMs \(flag\): got "0": Too small: .*>=1/,
  },
  { name: "unknown file key", input: { file: "c.json", readText: () => '{"a":1}' }, message: /unknown key "a"/ },
  { name: "bad value", input: { env: { PERCALE_RESYNC_MS: "soon" } }, message: /resyncMs \(environment\): got "soon"/ },
  { name: "not JSON", input: { file: "c.json", readText: () => "{" }, message: /c\.json: not JSON/ },
])("$name is refused", ({ input, message }) => {
  expect(() => config.load(input)).toThrow(message);
});

test("help shows flag, variable, unit and default", () => {
  expect(config.help()).toContain("--resync-ms  PERCALE_RESYNC_MS  pause between full passes (ms), default 90000");
});
