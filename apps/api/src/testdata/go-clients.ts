import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "../../clients");
const BUILD_MS = 110_000; // where nothing of it was built before; else a second

/** Kubernetes' own Go libraries as a program (`apps/api/clients`), or why there is none. Built once for a version of its sources. */
export function buildGoClients(): { readonly program: string } | { readonly reason: string } {
  const cache = resolve(import.meta.dirname, "../../../../node_modules/.cache/percale");
  const program = join(cache, "go-clients");
  try {
    mkdirSync(cache, { recursive: true });
    execFileSync("go", ["build", "-o", program, "."], {
      cwd: FOLDER,
      timeout: BUILD_MS,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOTOOLCHAIN: "local" },
    });
    return { program };
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: Buffer };
    if (code === "ENOENT") return { reason: "go is not installed" };
    if (code === "ETIMEDOUT") return { reason: `go build took longer than ${BUILD_MS / 1_000} s: the next run goes on from there` };
    return { reason: `go build failed: ${stderr?.toString("utf8").trim().split("\n").at(-1) ?? String(error)}` };
  }
}
