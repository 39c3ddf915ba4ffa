/** The database: an outside one by DATABASE_URL, else our own, which starts itself again whenever it ends. */
import { join } from "node:path";
import type { Logger } from "@percale/daemon";
import { outsideDatabaseFault, startEmbeddedPostgres } from "@percale/store";
import type { RunConfig } from "./config.ts";

export interface Database {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startDatabase(options: {
  readonly config: RunConfig;
  readonly say: (text: string) => void;
  readonly log: Logger;
}): Promise<Database> {
  const { config, say, log } = options;
  if (config.databaseUrl !== undefined) {
    const fault = await outsideDatabaseFault(config.databaseUrl);
    if (fault !== undefined) throw new Error(`DATABASE_URL: ${fault}`);
    return { url: config.databaseUrl, stop: async () => undefined };
  }
  const dataDir = join(config.dataDir, "postgres");
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  if (postgres.folder !== dataDir)
    say(
      `database files in ${postgres.folder}: Postgres may not run as root, and only root may enter ${config.dataDir}`,
    );
  postgres.onExit((why) => say(`the database ended (${why}); starting it again`));
  return { url: postgres.url, stop: async () => postgres.stop() };
}
