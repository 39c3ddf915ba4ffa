import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { holderOf, takeLock } from "@percale/kernel";

/** A person started a second agent: says who is there. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";
}

const OWN_NETNS = "/proc/self/ns/net";

/** One agent per network namespace, which is what it acts on, and one per data folder. Returns what lets both go; throws AlreadyRunning. */
export function takeAgentLocks(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "agent.lock");
  closeSync(openSync(file, "a", 0o600));
  const releaseNode = take(OWN_NETNS, "this node (its network namespace) has an agent already");
  try {
    const releaseFolder = take(file, `the data folder ${dataDir} is another agent's`);
    return () => {
      releaseFolder();
      releaseNode();
    };
  } catch (error) {
    releaseNode();
    throw error;
  }
}

function take(path: string, what: string): () => void {
  const release = takeLock(path);
  if (release !== undefined) return release;
  const holder = holderOf(path);
  const who = holder === undefined ? "a process" : `process ${holder.pid}, since ${holder.since.toISOString()}`;
  throw new AlreadyRunning(`${what}: ${who}. Stop that one first; nothing was changed.`);
}
