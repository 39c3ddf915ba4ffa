import { tmpdir } from "node:os";
import { dirname } from "node:path";

const SOCKET_PATH_MAX = 90; // the kernel's 107 less `/.s.PGSQL.65535`

/** The `-c` options. Everything is small: one machine, one product, and the store keeps its own copy of the objects. */
export function renderParameters({
  port,
  fsync,
  data,
}: {
  readonly port: number;
  readonly fsync: boolean;
  readonly data: string;
}): string[] {
  const parameters: Readonly<Record<string, string | number>> = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: data.length <= SOCKET_PATH_MAX ? dirname(data) : tmpdir(),
    unix_socket_permissions: "0700",
    max_connections: 50,
    shared_buffers: "64MB",
    max_wal_size: "512MB",
    checkpoint_timeout: "15min",
    // No replicas: the least of write-ahead log that still survives a crash.
    wal_level: "minimal",
    max_wal_senders: 0,
    synchronous_commit: "on",
    fsync: fsync ? "on" : "off",
    max_parallel_workers_per_gather: 0,
    io_method: "sync", // Postgres 18's own I/O workers are three more processes
    jit: "off",
    log_min_messages: "warning",
    timezone: "UTC",
  };
  return Object.entries(parameters).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
