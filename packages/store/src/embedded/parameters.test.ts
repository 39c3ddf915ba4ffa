import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { renderParameters } from "./parameters.ts";

const rendered = (data: string, fsync = true) => renderParameters({ port: 5_433, fsync, data });

test("a small server on loopback, that survives a crash", () => {
  expect(rendered("/srv/db/data").filter((word) => word !== "-c")).toEqual([
    "port=5433",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=/srv/db",
    "unix_socket_permissions=0700",
    "max_connections=50",
    "shared_buffers=64MB",
    "max_wal_size=512MB",
    "checkpoint_timeout=15min",
    "wal_level=minimal",
    "max_wal_senders=0",
    "synchronous_commit=on",
    "fsync=on",
    "max_parallel_workers_per_gather=0",
    "io_method=sync",
    "jit=off",
    "log_min_messages=warning",
    "timezone=UTC",
  ]);
});

test("every parameter is an option of its own", () => {
  const words = rendered("/srv/db/data", false);
  expect(words.filter((_, i) => i % 2 === 0)).toEqual(Array(words.length / 2).fill("-c"));
  expect(words).toContain("fsync=off");
});

test.each([
  [90, `/${"d".repeat(84)}`],
  [91, tmpdir()],
])("the socket of a folder whose path has %i characters is where the kernel takes it", (characters, socket) => {
  const data = `/${"d".repeat(characters - 6)}/data`;
  expect([data.length, rendered(data).includes(`unix_socket_directories=${socket}`)]).toEqual([characters, true]);
});
