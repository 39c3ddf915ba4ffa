"use client";
import { sayCounts } from "@percale/bgp/standing";
import { IPPool, kindsWhere, Tier } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type ReactNode, useMemo } from "react";
import { useTense } from "../../live/presence.ts";
import { useObjects } from "../../live/objects.ts";
import { useProtection } from "../../live/protection.ts";
import { useMatrix } from "../../live/matrix.ts";
import { useActivity, useHealth, useNodes } from "../../live/queries.ts";
import { useSessionCounts } from "../../live/sessions.ts";
import { isUntold, toldBy } from "../../words/untold.ts";
import { ConditionList } from "../../parts/condition-list.tsx";
import { useNow } from "../../parts/age.tsx";
import { Headline } from "../../parts/headline.tsx";
import { Icon } from "../../parts/icon.tsx";
import { SeverityMark } from "../../parts/severity.tsx";
import { Failed, SkeletonRows } from "../../parts/states.tsx";
import { UntoldMark } from "../../parts/untold.tsx";
import { usePageTitle } from "../../shell/title.ts";
import { useTRPC } from "../../trpc/client.ts";
import { lowered } from "../../words/tense.ts";
import { counted, formatCount, formatShare } from "../../words/number.ts";
import { formatClock } from "../../words/time.ts";
import { ChangeTable } from "./activity/change-table.tsx";
import { poolRows, stepOfUse } from "./ippools/view.ts";
import { agreementOf, denialWords, deniedTargets, gridOf } from "./matrix/view.ts";
import { Causes, DeniedTable, NodeStrip } from "./overview-parts.tsx";
import { briefTitle, isCurrent, nodeRows } from "./nodes/view.ts";
import { FirstSteps } from "./overview-steps.tsx";
import { firstSteps, openWords, overviewVerdict, type Stat } from "./overview-view.ts";
import "../../styles/overview.css";
import "../../styles/pools.css";

const LAST_CHANGES = 10;
const POLICY_KINDS = kindsWhere(({ traits }) => traits.policy === "enforced");

/** The state of the network in one sentence, then numbers, then what changed. */
export function Overview() {
  usePageTitle("Overview");
  const trpc = useTRPC();
  const nodes = useNodes();
  const health = useHealth();
  const matrix = useMatrix();
  const protection = useProtection();
  const activity = useActivity(LAST_CHANGES);
  const usage = useQuery(trpc.pools.usage.queryOptions());
  const pools = useObjects(IPPool);
  const objects = useQuery(trpc.overview.summary.queryOptions()).data?.counts;
  const now = useNow();
  const tense = useTense();
  const reports = nodes.data?.reports;
  const rows = useMemo(() => nodeRows(reports ?? []), [reports]);
  const counts = useSessionCounts();
  const sessions = isUntold(counts) ? undefined : counts.all;
  const upCount = useMemo(
    () => (reports ?? []).flatMap(({ status }) => status?.workloads ?? []).filter(({ state }) => state === "up").length,
    [reports],
  );
  const used = toldBy(usage);
  const poolList = useMemo(() => poolRows(pools.items, usage.data ?? []), [pools.items, usage.data]);
  const grid = useMemo(() => gridOf(matrix.data ?? { probes: [] }), [matrix.data]);
  const denied = useMemo(() => deniedTargets(matrix.data ?? { probes: [] }), [matrix.data]);
  const firing = (health.data ?? []).filter((condition) => condition.severity !== "info");
  const verdict = overviewVerdict({
    rows,
    sessions,
    conditions: firing,
    differing: grid.differing,
    loaded: nodes.data !== undefined,
    nowMs: now,
    tense,
  });
  if (nodes.error !== null && nodes.data === undefined) {
    return (
      <main className="main" id="main">
        <Failed error={nodes.error} what="the overview" onRetry={nodes.refetch} />
      </main>
    );
  }
  const worst = rows.find((row) => row.severity !== "ok");
  const programmed = rows.filter(isCurrent).length;
  const policies = POLICY_KINDS.reduce((sum, kind) => sum + (objects?.[kind] ?? 0), 0);
  const stats: readonly Stat[] = [
    {
      href: "/nodes",
      title: "Nodes programmed",
      value: nodes.data && formatCount(programmed),
      of: rows.length,
      tone: programmed === rows.length ? "ok" : worst?.severity === "critical" ? "critical" : "warning",
      text: worst === undefined ? "all current" : `${worst.name}: ${lowered(briefTitle(worst))}`,
    },
    {
      href: "/bgp",
      title: "Sessions established",
      value: sessions && formatCount(sessions.established),
      ...(sessions !== undefined && { of: sessions.total }),
      tone: sessions !== undefined && sessions.established < sessions.total ? "warning" : "ok",
      text: sessions === undefined ? "" : sessions.total === 0 ? "none reported" : sayCounts(sessions).rest || "all up",
    },
    {
      href: "/endpoints",
      title: "Endpoints",
      value: isUntold(protection) ? undefined : formatCount(protection.endpoints),
      tone: "ok",
      text: `${upCount} up`,
    },
    {
      href: "/endpoints?ingress=open",
      title: "Open to everyone",
      value: isUntold(protection) ? undefined : formatCount(protection.ingress.open),
      ...(!isUntold(protection) && { of: protection.endpoints }),
      tone: !isUntold(protection) && protection.ingress.open > 0 ? "warning" : "ok",
      text: isUntold(protection) ? "" : openWords(protection),
    },
    {
      href: "/policies",
      title: "Policies",
      value: objects && formatCount(policies),
      tone: "ok",
      text: objects === undefined ? "" : `in ${counted(objects[Tier.kind] ?? 0, "tier")}`,
    },
    {
      href: "/health",
      title: "Conditions",
      value: health.data && formatCount(firing.length),
      tone: firing.some((each) => each.severity === "error") ? "critical" : firing.length > 0 ? "warning" : "ok",
      text: firing[0]?.title ?? "nothing to do",
    },
  ];
  const isKnown = nodes.data !== undefined && pools.loaded && !isUntold(protection) && objects !== undefined;
  const steps = isKnown
    ? firstSteps({ nodes: rows.length, pools: poolList.length, endpoints: protection.endpoints, policies })
    : [];
  return (
    <main className="main" id="main">
      <div className="scroll">
        <div className="pad overview">
          <Headline
            severity={verdict.severity}
            text={verdict.text}
            rest={<Causes verdict={verdict} />}
            end={
              <>
                {nodes.data !== undefined && nodes.data.head > 0 && `revision ${formatCount(nodes.data.head)} · `}
                {formatClock(now)}
              </>
            }
          />
          {steps.length > 0 && <FirstSteps steps={steps} />}
          <div className="stats">
            {stats.map((stat) => (
              <StatLink key={stat.title} stat={stat} />
            ))}
          </div>
          <div className="og">
            <div className="oc">
              <Card title="Last changes" note="of people and tools" link={{ href: "/activity", text: "Activity" }}>
                {activity.data === undefined ? (
                  activity.error === null ? (
                    <SkeletonRows rows={LAST_CHANGES} />
                  ) : (
                    <Failed error={activity.error} what="changes" onRetry={activity.refetch} />
                  )
                ) : (
                  <ChangeTable sets={activity.data.sets} />
                )}
              </Card>
              {grid.sources.length > 0 && (
                <Card
                  title="Connectivity"
                  note="real packets between the lab's workloads"
                  link={{ href: "/matrix", text: "Matrix" }}
                >
                  <div className="cb conn">
                    <span className="v a">
                      <Icon name="allow" />
                      {grid.allowed} pairs answer
                    </span>
                    <span className={grid.surprising > 0 ? "v d" : "v muted"}>
                      <Icon name="deny" />
                      {denialWords(grid)}
                    </span>
                    <span className={grid.differing > 0 ? "warn" : "muted"}>{agreementOf(grid)}</span>
                  </div>
                  <DeniedTable targets={denied.slice(0, 6)} />
                </Card>
              )}
            </div>
            <div className="oc">
              <Card
                title="Conditions"
                note={health.data === undefined ? "" : firing.length === 0 ? "none" : String(firing.length)}
                link={{ href: "/health", text: "Health" }}
              >
                {health.data === undefined ? (
                  health.error === null ? (
                    <SkeletonRows rows={1} />
                  ) : (
                    <Failed error={health.error} what="conditions" onRetry={() => void health.refetch()} />
                  )
                ) : firing.length === 0 ? (
                  <p className="cb muted">
                    {rows.length > 0 && rows.every((row) => row.severity === "ok")
                      ? tense.say(
                          `Nothing ${tense.verb("needs you", "needed anybody")}: every agent, BIRD and the database ${tense.verb("are", "were")} well.`,
                        )
                      : tense.say(`None ${tense.verb("is", "was")} reported.`)}
                  </p>
                ) : (
                  <ConditionList
                    conditions={firing.slice(0, 6).map((each) => ({
                      ...each,
                      ...(each.nodes === undefined && rows.some((row) => row.name === each.source)
                        ? { node: each.source }
                        : {}),
                    }))}
                    short
                  />
                )}
              </Card>
              {nodes.data === undefined && (
                <Card title="Nodes" note="worst first" link={{ href: "/nodes", text: "Nodes" }}>
                  <SkeletonRows rows={4} />
                </Card>
              )}
              {rows.length > 0 && rows.length <= 12 && (
                <Card title="Nodes" note="worst first" link={{ href: "/nodes", text: counted(rows.length, "node") }}>
                  <NodeStrip rows={rows} />
                </Card>
              )}
              <Card
                title="IP pools"
                note="fullest first"
                action={{ href: "/ippools?new=ippools", text: "New pool" }}
                link={{ href: "/ippools", text: counted(poolList.length, "pool") }}
              >
                <div className="opools">
                  {!pools.loaded && pools.error === null && <SkeletonRows rows={2} />}
                  {poolList.length === 0 && pools.loaded && (
                    <p className="muted">No pool yet: workloads get no address.</p>
                  )}
                  {poolList.slice(0, 6).map((pool) => (
                    <Link key={pool.name} href={`/ippools?focus=${pool.name}`} className="prow">
                      <span className="pn">
                        <span className="mono">{pool.name}</span>
                        <span className="mono muted">{pool.cidr}</span>
                      </span>
                      <span className="utilw">
                        <span className="util">
                          <i
                            className={`u${Math.max(3, stepOfUse(pool.share))}`}
                            style={{ width: `${Math.max(pool.used > 0 ? 1 : 0, pool.share * 100)}%` }}
                          />
                        </span>
                      </span>
                      <span className="num">
                        {isUntold(used) ? <UntoldMark untold={used} /> : formatShare(pool.used, Number(pool.size))}
                      </span>
                    </Link>
                  ))}
                </div>
              </Card>
            </div>
          </div>
        </div>
      </div>
    </main>
  );
}

function StatLink({ stat }: { readonly stat: Stat }) {
  const isKnown = stat.value !== undefined;
  return (
    <Link className="stat" href={stat.href}>
      <span className="sl">{stat.title}</span>
      <span className={`sv ${stat.tone === "critical" ? "deny" : ""}`}>
        {stat.value ?? "–"}
        {stat.of !== undefined && isKnown && <small> / {formatCount(stat.of)}</small>}
      </span>
      <span className="ss" title={stat.text}>
        {isKnown && stat.tone !== "ok" && <SeverityMark severity={stat.tone} />} {isKnown ? stat.text : ""}
      </span>
    </Link>
  );
}

function Card(props: {
  readonly title: string;
  readonly note: string;
  /** What is done about it most often. */
  readonly action?: { readonly href: string; readonly text: string };
  readonly link: { readonly href: string; readonly text: string };
  readonly children: ReactNode;
}) {
  return (
    <section className="card" aria-label={props.title}>
      <div className="ch">
        <h2 className="h2">{props.title}</h2>
        <span className="muted ell">{props.note}</span>
        <span className="end">
          {props.action !== undefined && (
            <Link className="link" href={props.action.href}>
              {props.action.text}
            </Link>
          )}
          <Link className="link" href={props.link.href}>
            {props.link.text}
          </Link>
        </span>
      </div>
      {props.children}
    </section>
  );
}
