/** One agent per node, in its node's namespace, kept running. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { openLogFile } from "@percale/daemon";
import { inNetns } from "@percale/kernel";
import type { CliConfig } from "../config.ts";
import { LAB_MARK } from "../config.ts";
import { labFolder } from "./places.ts";
import { Child } from "./child.ts";
import { netnsName } from "./fabric.ts";
import type { LabNode } from "./shop.ts";
import { SEGMENT } from "./shop.ts";

export interface AgentOptions {
  readonly config: CliConfig;
  readonly labId: string;
  readonly node: LabNode;
  readonly access: AgentAccess;
  readonly onExit: ConstructorParameters<typeof Child>[0]["onExit"];
}

/** How a node's agent reaches the API from inside its namespace: by the unix socket, TLS all the same. */
export interface AgentAccess {
  readonly url: string;
  readonly socketPath: string;
  readonly caFile: string;
  readonly tokenFile: string;
}

/** Where one node keeps what a machine would keep under /run and /var/lib. */
export function nodeDir(dataDir: string, node: string): string {
  return join(labFolder(dataDir), node);
}

export function cniSocket(dataDir: string, node: string): string {
  return join(nodeDir(dataDir, node), "cni.sock");
}

export function startAgent({ config, labId, node, access, onExit }: AgentOptions): Child {
  const { root, dataDir, environment } = config;
  const folder = nodeDir(dataDir, node.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return new Child({
    onExit,
    start: () => {
      const log = openLogFile(join(dataDir, "logs", `${node.name}.log`));
      try {
        // The child is forked inside the namespace; nothing else in this process moves there.
        return inNetns(netnsName(labId, node.name), () =>
          spawn(join(root, "apps/node-agent/bin/percale-agent"), {
            stdio: ["ignore", log, log],
            env: { ...environment, ...agentEnvironment({ labId, node, access, folder }) },
          }),
        );
      } finally {
        closeSync(log);
      }
    },
  });
}

/** The agent's own configuration (`percale-agent --help`), as if this namespace were a machine. */
function agentEnvironment(options: {
  readonly labId: string;
  readonly node: LabNode;
  readonly access: AgentAccess;
  readonly folder: string;
}): NodeJS.ProcessEnv {
  const { labId, node, access, folder } = options;
  return {
    [LAB_MARK]: labId,
    PERCALE_NODE_NAME: node.name,
    PERCALE_DATA_DIR: folder,
    PERCALE_API_URL: access.url,
    PERCALE_API_SOCKET: access.socketPath,
    PERCALE_CA_FILE: access.caFile,
    PERCALE_TOKEN_FILE: access.tokenFile,
    PERCALE_CNI_SOCKET: join(folder, "cni.sock"),
    PERCALE_HEALTH_SOCKET: join(folder, "health.sock"),
    PERCALE_IPV4_ADDRESS: `${node.ipv4}/${SEGMENT.prefixLen.ipv4}`,
    PERCALE_IPV6_ADDRESS: `${node.ipv6}/${SEGMENT.prefixLen.ipv6}`,
  };
}
