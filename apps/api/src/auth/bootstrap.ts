import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeStateFile } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { TokenRecords } from "@percale/store";
import { hashToken, newToken } from "./authenticator.ts";
import { ADMIN_GROUP } from "./identity.ts";
import type { Pki } from "./pki.ts";
import { logTokenMade } from "./token-log.ts";

export const ADMIN_TOKEN_FILE = "admin-token";
export const KUBECONFIG_FILE = "kubeconfig";

/** Makes sure that the token in `admin-token` opens this API, and leaves it alone if it does. Returns whether it was made now. */
export async function ensureAdminToken(dataDir: string, tokens: TokenRecords, log: Logger): Promise<boolean> {
  const path = join(dataDir, ADMIN_TOKEN_FILE);
  const known = await readIfThere(path);
  if (known !== undefined && (await tokens.lookup(hashToken(known.trim()))) !== undefined) return false;
  const token = newToken();
  const record = await tokens.create({
    hash: hashToken(token),
    subject: "admin",
    groups: [ADMIN_GROUP],
    description: "made at first start",
  });
  logTokenMade(log, record, "this server");
  await writeStateFile(path, `${token}\n`);
  return true;
}

/** What kubectl needs, with certificates inside. Written at every start: port and certificates may be new. */
export async function writeKubeconfig(dataDir: string, url: string, { ca, admin }: Pki): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "percale",
    clusters: [{ name: "percale", cluster: { server: url, "certificate-authority-data": base64(ca) } }],
    contexts: [{ name: "percale", context: { cluster: "percale", user: "admin", namespace: "default" } }],
    users: [
      {
        name: "admin",
        user: {
          "client-certificate-data": base64(admin.certificate),
          "client-key-data": base64(admin.key),
        },
      },
    ],
  };
  // JSON is YAML too, and read in less time.
  await writeStateFile(join(dataDir, KUBECONFIG_FILE), `${JSON.stringify(config, undefined, 2)}\n`);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
