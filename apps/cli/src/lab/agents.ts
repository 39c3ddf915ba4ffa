/** One agent per node, in its node's namespace, kept running. */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, closeSync } from "node:fs";
import { join } from "node:path";
import { inNetns } from "@percale/kernel";
import type { CliConfig } from "../config.ts";
import { LAB_MARK } from "../config.ts";
import { Child } from "./child.ts";
import { netnsName } from "./fabric.ts";
import type { LabNode } from "./shop.ts";

export interface AgentOptions {
  readonly config: CliConfig;
  readonly labId: string;
  readonly node: LabNode;
  readonly onExit: ConstructorParameters<typeof Child>[0]["onExit"];
}

/** Where one node keeps what a machine would keep under /run and /var/lib. */
export function nodeDir(dataDir: string, node: string): string {
  return join(dataDir, "lab", node);
}

export function cniSocket(dataDir: string, node: string): string {
  return join(nodeDir(dataDir, node), "cni.sock");
}

export function startAgent({ config, labId, node, onExit }: AgentOptions): Child {
  const { root, dataDir, environment } = config;
  const folder = nodeDir(dataDir, node.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(join(dataDir, "logs"), { recursive: true });
  return new Child({
    onExit,
    start: () => {
      const log = openSync(join(dataDir, "logs", `${node.name}.log`), "a");
      try {
        // The child is forked inside the namespace; nothing else in this process moves there.
        return inNetns(netnsName(labId, node.name), () =>
          spawn(process.execPath, [join(root, "apps/node-agent/src/main.ts")], {
            stdio: ["ignore", log, log],
            env: { ...environment, ...agentEnvironment({ dataDir, labId, node, folder }) },
          }),
        );
      } finally {
        closeSync(log);
      }
    },
  });
}

function agentEnvironment({
  dataDir,
  labId,
  node,
  folder,
}: Pick<AgentOptions, "labId" | "node"> & { readonly dataDir: string; readonly folder: string }): NodeJS.ProcessEnv {
  return {
    [LAB_MARK]: labId,
    PERCALE_DATA: dataDir,
    PERCALE_NODE: node.name,
    PERCALE_NODE_IPV4: node.ipv4,
    PERCALE_NODE_IPV6: node.ipv6,
    PERCALE_RUN_DIR: folder,
    PERCALE_CNI_SOCKET: cniSocket(dataDir, node.name),
  };
}
