import { silentLogger, sleepMs } from "@percale/daemon";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../generated/client.ts";
import type { Records } from "../records.ts";
import { NoticeFeed } from "../notice-feed.ts";
import { StatusFeed } from "../status-feed.ts";
import { ANSWER_MS, connect } from "./connection.ts";
import type { PostgresOptions } from "./connection.ts";
import { keepListening } from "./listen.ts";
import { migrate } from "./migrate.ts";
import { refusalOf } from "./refusal.ts";
import { agentStatusTable, auditTable, sayNotice, settingTable, tokenTable } from "./tables.ts";

/** The channel that tells whose agent status changed. */
const AGENT_CHANNEL = "percale_agents";
/** The channel of notices. */
const NOTICE_CHANNEL = "percale_notices";
const NAME = "percale-records";
const LOOK_MS = 5_000;

/** Migrates the database if need be. Throws ServiceUnavailable if it can't be reached. */
export async function openPostgresRecords({
  url,
  log = silentLogger,
  now = () => new Date(),
}: PostgresOptions): Promise<Records> {
  try {
    const client = await connect(url, NAME);
    await migrate(client, log).finally(() => client.end());
  } catch (error) {
    throw refusalOf(error);
  }
  // The adapter reads whole bigints itself, so it gets a configuration without our parsers; two connections serve small tables.
  const small = { connectionString: url, max: 2, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS };
  const prisma = new PrismaClient({ adapter: new PrismaPg(small) });
  const closing = new AbortController();
  const { signal } = closing;
  const heard = new NoticeFeed();
  const feed = new StatusFeed(agentStatusTable(prisma), signal);
  const listening = keepListening({
    connect: () => connect(url, NAME),
    channels: [AGENT_CHANNEL, NOTICE_CHANNEL],
    log,
    signal,
    onNotification: (payload, channel) => (channel === AGENT_CHANNEL ? feed.changed(payload) : heard.tell(payload)),
    follow: async (client, ended, onCaughtUp) => {
      feed.changed(undefined);
      onCaughtUp();
      for (; !ended.aborted; await sleepMs(LOOK_MS, ended)) await client.query("SELECT"); // a dead connection shows here
    },
  });
  let closed: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    closing.abort();
    await listening;
    await prisma.$disconnect();
  };
  return {
    agentStatus: feed.records(),
    tokens: tokenTable(prisma, now),
    settings: settingTable(prisma),
    audit: auditTable(prisma),
    notices: heard.notices((text) => sayNotice(prisma, NOTICE_CHANNEL, text)),
    close: () => (closed ??= end()),
  };
}
