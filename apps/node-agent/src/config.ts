import { defineConfig, LOG_LEVELS } from "@percale/daemon";
import { z } from "zod";

/** Flags, environment (`PERCALE_…`) and file of the node agent. It acts on the network namespace that it runs in. */
export const agentConfig = defineConfig("PERCALE", {
  nodeName: {
    schema: z
      .string()
      .min(1)
      .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
    help: "name of this node",
  },
  dataDir: { schema: z.string().min(1), default: "/var/lib/percale/agent", help: "attachments, BIRD's files" },
  apiUrl: { schema: z.url(), default: "https://127.0.0.1:5443", help: "where the API listens" },
  apiSocket: { schema: z.string().optional(), help: "unix socket of the API (TLS too) instead of the URL's address" },
  caFile: { schema: z.string().optional(), help: "CA of the API's certificate" },
  tokenFile: { schema: z.string(), help: "file with this node's token" },
  cniSocket: {
    schema: z.string(),
    default: "/run/percale/cni.sock",
    help: "socket of the CNI client; its directory is for root alone",
  },
  healthSocket: {
    schema: z.string().optional(),
    help: "unix socket for /livez, /readyz, /metrics instead of the port",
  },
  healthPort: {
    schema: z.int().min(0).max(65535),
    default: 9099,
    help: "port for /livez, /readyz, /metrics on loopback",
  },
  ipv4Address: {
    schema: z.string().optional(),
    help: "this node's address with length; detected if absent, none to have none",
  },
  ipv6Address: {
    schema: z.string().optional(),
    help: "this node's IPv6 address with length; detected if absent, none to have none",
  },
  labels: { schema: z.array(z.string()), default: [], help: "labels of the Node object, key=value" },
  bgp: { schema: z.boolean(), default: true, help: "run BIRD and exchange routes with other nodes" },
  bird: { schema: z.string(), default: "bird", help: "the BIRD program" },
  keepBird: { schema: z.boolean(), default: true, help: "leave BIRD and its routes alone when the agent stops" },
  logLevel: { schema: z.enum(LOG_LEVELS), default: "info", help: "least level to log" },
  log: { schema: z.enum(["json", "pretty"]), default: "json", help: "form of log lines" },
});

export type AgentConfig = ReturnType<typeof agentConfig.load>["values"];
