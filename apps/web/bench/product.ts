/** API server with its own Postgres and the dashboard's production server in a throw-away folder, and a browser to look at them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { AgentStatus } from "@percale/protocol";
import { pausePostgres } from "@percale/store";
import { type Browser, chromium } from "playwright-core";

import type { AgentOrder } from "./agent.ts";

const root = resolve(import.meta.dirname, "../../..");
const READY_MS = 90_000;

export interface Product {
  /** Origin of the dashboard. */
  readonly url: string;
  readonly token: string;
  /** One request to the API as the administrator; rejects on anything but 2xx. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<unknown>;
  /** Writes objects as one change set. */
  readonly create: (objects: readonly object[]) => Promise<void>;
  /** Stops the API server in its tracks, and lets it go on: an outage that keeps every connection open. */
  readonly pauseApi: (paused: boolean) => void;
  /** The same of its database. */
  readonly pauseDatabase: (paused: boolean) => void;
  /** A node's agent without its kernel, that says this of itself; it ends with the product. */
  readonly startAgent: (node: string, status?: Partial<AgentStatus>) => { readonly pause: (paused: boolean) => void };
  readonly stop: () => Promise<void>;
}

/** The dashboard must have been built. `dev`: as developers run it, compiled as it is asked for. */
export async function startProduct({ dev = false }: { readonly dev?: boolean } = {}): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), "percale-web-"));
  chmodSync(dataDir, 0o711); // the database's account must pass through
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const api = service(children, "apps/api/src/main.ts", { PERCALE_DATA: dataDir, PERCALE_API_PORT: "0" });
    const apiUrl = new URL(await ready(api, "ready"));
    const caFile = join(dataDir, "pki/ca.crt");
    const web = service(children, "apps/web/src/server.ts", {
      PERCALE_API_URL: apiUrl.origin,
      PERCALE_CA_FILE: caFile,
      PERCALE_WEB_PORT: "0",
      NODE_ENV: dev ? "development" : "production",
    });
    const url = await ready(web, "dashboard ready");
    const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
    const call = caller(apiUrl, token, readFileSync(caFile));
    const create = async (objects: readonly object[]) => {
      const changes = objects.map((object) => ({ op: "create", object }));
      for (let at = 0; at < changes.length; at += 500) {
        await call("POST", "/trpc/changes.submit", { changes: changes.slice(at, at + 500) });
      }
    };
    const pauseApi = (paused: boolean) => void api.kill(paused ? "SIGSTOP" : "SIGCONT");
    const pauseDatabase = (paused: boolean) => {
      const pid = readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0];
      pausePostgres(Number(pid), paused);
    };
    const startAgent = (node: string, status: Partial<AgentStatus> = {}) => {
      const order: AgentOrder = { url: apiUrl.origin, caFile, token, node, status };
      const agent = spawn(process.execPath, [join(import.meta.dirname, "agent.ts"), JSON.stringify(order)], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      children.push(agent);
      return { pause: (paused: boolean) => void agent.kill(paused ? "SIGSTOP" : "SIGCONT") };
    };
    return { url, token, call, create, pauseApi, pauseDatabase, startAgent, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
}

function service(children: ChildProcess[], file: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [join(root, file)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  return child;
}

/** The `url` of the line that says so. Rejects with what was said if the process ends or takes too long. */
async function ready(child: ChildProcess, message: string): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`not ready:\n${said.slice(-20).join("\n")}`));
    const timer = setTimeout(fail, READY_MS);
    child.once("exit", fail);
    createInterface({ input: child.stderr! }).on("line", (line) => {
      said.push(line);
      if (!line.startsWith("{")) return;
      const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
      if (msg !== message || url === undefined) return;
      clearTimeout(timer);
      child.off("exit", fail);
      resolve(url);
    });
  });
}

function caller({ hostname, port }: URL, token: string, ca: Buffer): Product["call"] {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const sent = request({ host: hostname, port, method, path, ca, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if ((answer.statusCode ?? 500) >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
          else resolve(text === "" ? undefined : JSON.parse(text));
        });
      });
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
