import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../api/client.ts";
import { testCaFile, TestServer } from "./test-server.ts";

export interface TestApi {
  readonly server: TestServer;
  readonly client: ApiClient;
  readonly socketPath: string;
  readonly tokenFile: string;
  close(): Promise<void>;
}

/** A server on a socket of its own, and a client of it. */
export async function openTestApi(): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), "percale-api-"));
  const [socketPath, tokenFile] = [join(folder, "api.sock"), join(folder, "token")];
  writeFileSync(tokenFile, "secret\n");
  const server = new TestServer();
  await server.listen(socketPath);
  const client = await ApiClient.open({ url: "https://localhost", socketPath, caFile: testCaFile, tokenFile });
  const close = async (): Promise<void> => {
    client.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, client, socketPath, tokenFile, close };
}
