import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createMetrics, HealthRegistry, silentLogger, StallMonitor } from "@percale/daemon";
import { BEAT_MS, condition, VERSION } from "@percale/protocol";
import type { RaisedCondition } from "@percale/protocol";
import type { Logger } from "@percale/daemon";
import { openPostgresRecords, openPostgresStore, startEmbeddedPostgres } from "@percale/store";
import type { Datastore, Records } from "@percale/store";
import type { SyncStream } from "@percale/sync";
import { Audit } from "./audit/audit.ts";
import { LogFile } from "./audit/log-file.ts";
import { DEFAULT_POLICY } from "./audit/policy.ts";
import type { AuditPolicy } from "./audit/policy.ts";
import { Authenticator } from "./auth/authenticator.ts";
import { Failures } from "./auth/failures.ts";
import { Oidc } from "./auth/oidc.ts";
import type { OidcOptions } from "./auth/oidc.ts";
import { OpenCredentials } from "./auth/open-credentials.ts";
import { followRoles } from "./auth/rbac/follow-roles.ts";
import { RbacAuthorizer } from "./auth/rbac/rbac-authorizer.ts";
import { RBAC_KINDS } from "./auth/rbac/role-book.ts";
import { ensureAdminToken, writeKubeconfig } from "./auth/bootstrap.ts";
import { openAuthority, openPki } from "./auth/pki.ts";
import type { Pki } from "./auth/pki.ts";
import { ensureBuiltIns } from "./built-ins.ts";
import { requestHandler } from "./front.ts";
import { ConditionLog } from "./health/condition-log.ts";
import { PendingChanges } from "./controllers/pending-changes.ts";
import { Hearing } from "./hearing/hearing.ts";
import { Gate, LIMITS } from "./limits.ts";
import { ApiMetrics } from "./metrics.ts";
import { Judge } from "./policy/judge.ts";
import { keepHistoryShort } from "./retention.ts";
import type { HistoryKept } from "./retention.ts";
import { listen } from "./server.ts";
import type { Listener } from "./server.ts";
import { createServices } from "./services/create.ts";
import { foundConditions, lookAtAll } from "./services/overview.ts";
import { Strangers } from "./strangers.ts";
import { NodeStatuses } from "./sync/node-statuses.ts";
import { trpcOverHttp } from "./trpc/mount.ts";
import { upgrades } from "./upgrades.ts";

const CERTIFICATES_MS = 12 * 3_600_000;

export interface ApiOptions {
  /** Certificates, kubeconfig and admin token live here. */
  readonly dataDir: string;
  /** Absent: a Postgres of its own in the data folder. */
  readonly databaseUrl?: string;
  /** What is stored, already open, instead of a Postgres; closed with the server. */
  readonly data?: ApiData;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly socket?: string;
  /** More names for the certificate. */
  readonly names?: readonly string[];
  readonly log?: Logger;
  /** Absent: all of it. */
  readonly history?: HistoryKept;
  /** What of requests is kept; absent: the default. */
  readonly auditPolicy?: AuditPolicy;
  /** Whose people may sign in. */
  readonly oidc?: OidcOptions;
}

/** Objects, and the records beside them: any driver's of each. */
export interface ApiData {
  readonly store: Datastore;
  readonly records: Records;
}

export interface Api extends ApiData {
  readonly url: string;
  /** Whether this start made the admin token. */
  readonly isFirstStart: boolean;
  close(): Promise<void>;
}

/** The whole API server in this process; the caller closes it. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { dataDir, host = "127.0.0.1", port = 0, socket, names = [], log = silentLogger } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const data = await openData(options, log);
  const { store, records } = data;
  await ensureBuiltIns(store, VERSION);
  const authorizer = new RbacAuthorizer();
  authorizer.reset((await store.snapshot(RBAC_KINDS)).objects); // before anybody asks
  const isFirstStart = await ensureAdminToken(dataDir, records.tokens, log);
  const certificates = (): Promise<Pki> =>
    openPki(join(dataDir, "pki"), {
      hosts: [host, ...names],
      onBad: (aside) => log.error("a certificate's file cannot be read: made anew, the old one is kept", { aside }),
    });
  const pki = await certificates();

  const health = new HealthRegistry();
  health.addCheck("ready", "database", () => databaseProblem({ store, hearing })?.title.toLowerCase());
  const metrics = createMetrics({
    // A scrape is answered also while the database goes away.
    health: {
      list: () => foundConditions({ store, nodes: services.nodes, health, hearing }).catch(() => health.list()),
    },
  });
  const stalls = new StallMonitor({ log, metrics });
  stalls.start();
  const watches = new Gate(LIMITS.watches);
  const streams = new Set<SyncStream>();
  const hearing = new Hearing({ store, records, streams });
  const statuses = new NodeStatuses({ store, agentStatus: records.agentStatus, log });
  const closing = new AbortController();
  const credentials = new OpenCredentials();
  const strangers = new Strangers();
  const apiMetrics = new ApiMetrics(metrics, {
    watches: () => watches.count,
    streams: () => streams.size,
    credentials: () => credentials.count,
    strangers: () => strangers.count,
  });
  const audit = new Audit({
    policy: options.auditPolicy ?? DEFAULT_POLICY,
    file: new LogFile({
      path: join(dataDir, "audit.log"),
      onError: (error) => log.warn("audit events are in the store alone", { error }),
    }),
    records: records.audit,
    log,
  });
  const oidc = options.oidc === undefined ? undefined : new Oidc(options.oidc);
  const failures = new Failures({ log, count: () => apiMetrics.refusedCredentials.inc() });
  const authenticator = new Authenticator({ tokens: records.tokens, failures, authorizer, oidc });
  const judge = new Judge({ store, log });
  const conditionLog = new ConditionLog({
    settings: records.settings,
    log,
    look: () => lookAtAll({ store, nodes: services.nodes, health, hearing }),
  });
  const services = createServices({ store, records, judge, authenticator, oidc, health, hearing, conditionLog, log });
  const sockets = upgrades({
    store,
    statuses,
    authenticator,
    credentials,
    services,
    log,
    streams,
    hearing,
    apiMetrics,
    strangers,
    watches,
    build: VERSION,
  });
  const trpc = trpcOverHttp({ authenticator, credentials, services, log, watches });
  const listener = await listen({
    host,
    port,
    socket,
    pki,
    strangers,
    onRequest: requestHandler({
      store,
      authenticator,
      credentials,
      health,
      metrics,
      apiMetrics,
      log,
      stalls,
      watches,
      strangers,
      audit,
      oidc,
      issuer: () => openAuthority(join(dataDir, "pki"), Date.now()),
      sessions: services.sessions,
      trpc,
    }),
    onUpgrade: sockets.onUpgrade,
  });
  const following = Promise.all([
    ...[statuses, hearing, conditionLog].map((each) => each.run(closing.signal)),
    followRoles({ store, authorizer, log }, closing.signal),
    new PendingChanges({ store, health, log }).run(closing.signal),
    ...(options.history === undefined ? [] : [keepHistoryShort({ store, kept: options.history, log }, closing.signal)]),
  ]);
  const url = `https://${host.includes(":") ? `[${host}]` : host}:${listener.port}`;
  await writeKubeconfig(dataDir, url, pki);
  const timers = [
    setInterval(() => tellDatabase({ store, hearing, health }), BEAT_MS),
    renewal({ certificates, listener, dataDir, url, log }),
  ];
  return {
    url,
    store,
    records,
    isFirstStart,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      credentials.close();
      stalls.close();
      for (const stream of streams) stream.drain();
      sockets.close();
      closing.abort();
      await following;
      await judge.close();
      await audit.close();
      await Promise.all([store.close(), records.close()]); // ends the watches, so that their clients see a clean end
      await listener.close();
      await data.stop();
    },
  };
}

interface OpenData extends ApiData {
  /** After both are closed: ends what was started for them. */
  stop(): Promise<void>;
}

async function openData({ data, databaseUrl, dataDir }: ApiOptions, log: Logger): Promise<OpenData> {
  if (data !== undefined) return { ...data, stop: async () => undefined };
  const ours =
    databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: join(dataDir, "postgres"), log }) : undefined;
  const url = databaseUrl ?? ours!.url;
  // Each has connections of its own to lose: the log tells them apart.
  const store = await openPostgresStore({ url, log: log.child({ component: "store" }) });
  const records = await openPostgresRecords({ url, log: log.child({ component: "records" }) });
  return { store, records, stop: async () => ours?.stop() };
}

interface DatabaseSources {
  readonly store: Datastore;
  readonly hearing: Hearing;
}

function tellDatabase({ health, ...sources }: DatabaseSources & { readonly health: HealthRegistry }): void {
  const problem = databaseProblem(sources);
  if (problem === undefined) health.clear(condition.DatabaseUnreachable.code);
  else health.set(problem, { since: new Date(Date.now() - sources.hearing.databaseMs) });
}

/** Why it is of no use now. A pause of this process is no fault of the database. */
function databaseProblem({ store, hearing }: DatabaseSources): RaisedCondition | undefined {
  const heard = hearing.database();
  if (store.isConnected() && (heard === "heard" || heard === "unknown")) return undefined;
  const detail = "reads and writes answer 503; agents keep enforcing what they hold";
  return condition.DatabaseUnreachable({ isSilent: store.isConnected(), detail });
}

function renewal({
  certificates,
  listener,
  dataDir,
  url,
  log,
}: {
  readonly certificates: () => Promise<Pki>;
  readonly listener: Listener;
  readonly dataDir: string;
  readonly url: string;
  readonly log: Logger;
}): NodeJS.Timeout {
  const renew = async (): Promise<void> => {
    const pki = await certificates();
    listener.setPki(pki);
    await writeKubeconfig(dataDir, url, pki);
  };
  return setInterval(() => {
    renew().catch((error: unknown) => log.error("certificates not renewed", { error }));
  }, CERTIFICATES_MS);
}
