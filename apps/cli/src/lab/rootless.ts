/** Without root the lab lives in a user namespace of its own, where one ordinary user is root over its own networks. */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** A new user, network and mount namespace, /run empty and our own: named network namespaces are kept there. */
const UNSHARE = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--propagation", "private"];
const ENTER = 'mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/netns && exec "$@"';

/** Why this machine refuses a user namespace; undefined if it does not. */
export function rootlessRefusal(): string | undefined {
  const [program, ...args] = UNSHARE;
  const { status, stderr, error } = spawnSync(program!, [...args, "sh", "-c", ENTER, "sh", "true"], {
    encoding: "utf8",
  });
  if (status === 0) return undefined;
  const words = error?.message ?? stderr.trim().split("\n").at(-1) ?? "";
  return `${words || "unshare failed"} (see kernel.unprivileged_userns_clone, user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)`;
}

export function spawnRootless(argv: readonly string[], options: Parameters<typeof spawn>[2]): ChildProcess {
  const [program, ...args] = [...UNSHARE, "sh", "-c", ENTER, "sh", ...argv];
  return spawn(program!, args, options);
}
