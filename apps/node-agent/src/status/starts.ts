import { join } from "node:path";
import { readStateFile, writeStateFile } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { z } from "zod";

/** As many are remembered. */
const MAX_STARTS = 10;

const times = z.array(z.iso.datetime());

/** When the agents of this node started, this one's first: RFC 3339. What cannot be read or kept costs no start. */
export async function noteStart(directory: string, now: Date, log: Logger): Promise<readonly string[]> {
  const path = join(directory, "starts.json");
  try {
    const before = await readStateFile(
      path,
      (data) => times.parse(JSON.parse(data.toString("utf8"))),
      (aside, error) => log.warn("earlier starts can't be read: set aside", { aside, error }),
    );
    const starts = [now.toISOString(), ...(before ?? [])].slice(0, MAX_STARTS);
    await writeStateFile(path, JSON.stringify(starts));
    return starts;
  } catch (error) {
    log.warn("this start could not be noted", { path, error });
    return [now.toISOString()];
  }
}
