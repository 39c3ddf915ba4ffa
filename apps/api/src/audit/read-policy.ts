import { readFile } from "node:fs/promises";
import { ConfigError } from "@percale/daemon";
import { parseYaml } from "../bodies/yaml.ts";
import { parseAuditPolicy } from "./policy.ts";
import type { AuditPolicy } from "./policy.ts";

/** Throws ConfigError that names the file. */
export async function readAuditPolicy(path: string): Promise<AuditPolicy> {
  try {
    return parseAuditPolicy(parseYaml(await readFile(path, "utf8")));
  } catch (error) {
    throw new ConfigError(`PERCALE_API_AUDIT_POLICY (or --audit-policy): ${path}: ${(error as Error).message}`); // nothing else is thrown
  }
}
