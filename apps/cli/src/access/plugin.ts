import { spawnSync } from "node:child_process";
import { ExitError } from "../exit-error.ts";
import type { Access } from "../rest/client.ts";
import type { CredentialPlugin } from "./kubeconfig.ts";

interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
  };
}

/** Runs it and reads what it prints; it may ask the person at the terminal. Throws ExitError. */
export function askPlugin(
  { command, args, env, apiVersion }: CredentialPlugin,
  environment: Readonly<Record<string, string | undefined>>,
): Partial<Access> {
  const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
  const KUBERNETES_EXEC_INFO = JSON.stringify({
    apiVersion,
    kind: "ExecCredential",
    spec: { interactive: process.stdin.isTTY },
  });
  const { status, stdout, error } = spawnSync(command, args ?? [], {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "inherit"],
    env: { ...environment, ...own, KUBERNETES_EXEC_INFO },
  });
  if (error !== undefined || status !== 0)
    throw new ExitError(
      `the kubeconfig's credential plugin ${command} failed: ${error?.message ?? `exit code ${status}`}`,
    );
  try {
    const { token, clientCertificateData, clientKeyData } = (JSON.parse(stdout) as ExecCredential).status ?? {};
    return {
      ...(token !== undefined && { token }),
      ...(clientCertificateData !== undefined && { cert: clientCertificateData }),
      ...(clientKeyData !== undefined && { key: clientKeyData }),
    };
  } catch (cause) {
    throw new ExitError(`the kubeconfig's credential plugin ${command} printed no ExecCredential`, { cause });
  }
}
