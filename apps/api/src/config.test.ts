import { ConfigError } from "@percale/daemon";
import { expect, test } from "vitest";
import { apiHelp, loadApiConfig } from "./config.ts";

test.each([
  ["--port=70000", /port.*<=65535/],
  ["--prot=1", /--prot.*--port, /s],
])("%s is refused, and what it may be is said", (flag, fault) => {
  const load = (): unknown => loadApiConfig({ argv: [flag] });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(fault);
});

test("names that others share serve too; the socket lies in the data folder, and a database's password is not told", () => {
  const env = { PERCALE_DATA: "/data", DATABASE_URL: "postgresql://me:secret@db/percale", PERCALE_LOG: "pretty" };
  const { values, effective } = loadApiConfig({ argv: [], env });
  expect(values).toMatchObject({
    data: "/data",
    socket: "/data/api.sock",
    databaseUrl: env.DATABASE_URL,
    logFormat: "pretty",
  });
  expect(JSON.stringify(effective)).not.toContain("secret");
  expect(apiHelp()).toContain("PERCALE_API_PORT");
});
