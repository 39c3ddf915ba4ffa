"use client";
import type { AgentStatus } from "@percale/protocol";
import { Node } from "@percale/resources";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEndpoints } from "../../../../live/endpoints.ts";
import { useHealth, useNodes } from "../../../../live/queries.ts";
import { useSessions } from "../../../../live/sessions.ts";
import { Age } from "../../../../parts/age.tsx";
import { ConditionList } from "../../../../parts/condition-list.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { ObjectName } from "../../../../parts/object-name.tsx";
import { SeverityMark } from "../../../../parts/severity.tsx";
import { Empty, Loaded } from "../../../../parts/states.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { usePageTitle } from "../../../../shell/title.ts";
import { counted, formatBytes, formatCount } from "../../../../words/number.ts";
import { SessionTable } from "../../bgp/session-table.tsx";
import { sortSessions, touches } from "../../bgp/view.ts";
import { heardWords, nodeConditions, nodeRow, type NodeReport, type Severity, workloadSeverity } from "../view.ts";
import "../../../../styles/nodes.css";

/** One node: what it received, what it calculated, what is in its kernel; its conditions, endpoints and sessions. */
export function NodePage({ name }: { readonly name: string }) {
  usePageTitle(name, { mono: true, kind: Node.kind, parents: [{ title: "Nodes", href: "/nodes" }] });
  const nodes = useNodes();
  return (
    <main className="main" id="main">
      <Loaded query={nodes} what={name}>
        {({ reports, head }) => {
          const report = reports.find((each) => each.name === name);
          if (report === undefined) {
            return (
              <Empty
                title="No such node"
                help={<>No node is called {name}. It may have been deleted.</>}
                action={
                  <Link className="btn" href="/nodes">
                    All nodes
                  </Link>
                }
              />
            );
          }
          return <NodeBody report={report} head={head} />;
        }}
      </Loaded>
    </main>
  );
}

const BADGES: Readonly<Record<Severity, string>> = {
  critical: "b-deny",
  warning: "b-warn",
  info: "",
  ok: "b-allow",
  unknown: "",
};

function NodeBody({ report, head }: { readonly report: NodeReport; readonly head: number }) {
  const url = useUrlState();
  const router = useRouter();
  const told = useSessions();
  const all = useEndpoints();
  const endpoints = all.items.filter((endpoint) => endpoint.node === report.name);
  const row = nodeRow(report);
  const tab = url.get("tab") ?? "programming";
  const { status } = report;
  const sessions = sortSessions(told.data?.sessions ?? []).filter((session) => touches(session, report.name));
  return (
    <div className="scroll">
      <header className="nh">
        <div className="rowb wrap">
          <Icon name="nodes" />
          <span className="nt mono">{report.name}</span>
          <span className={`badge ${BADGES[row.severity]}`}>{row.title}</span>
          {report.addresses.map((address) => (
            <span key={address} className="badge mono">
              {address}
            </span>
          ))}
          <span className="muted">
            {status === undefined ? "no agent has reported" : `agent ${status.build}`}, {heardWords(report)}
          </span>
          <Link className="btn right" href={`/nodes?q=${report.name}`}>
            In the list
          </Link>
        </div>
        <Tabs
          label="Node"
          current={tab}
          onSelect={(id) => url.set({ tab: id === "programming" ? undefined : id })}
          tabs={[
            { id: "programming", title: "Programming" },
            { id: "endpoints", title: "Endpoints", count: all.loaded ? endpoints.length : undefined },
            { id: "sessions", title: "Sessions", count: told.data && sessions.length },
          ]}
        />
      </header>
      {tab === "endpoints" ? (
        !all.loaded ? (
          <Loaded query={{ ...all, data: undefined }} what="endpoints" rows={4}>
            {() => null}
          </Loaded>
        ) : endpoints.length === 0 ? (
          <Empty title="No endpoint on this node" help="Workloads appear here when the CNI plugin attaches them." />
        ) : (
          <div className="tw">
            <table>
              <thead>
                <tr>
                  <th>Endpoint</th>
                  <th>Addresses</th>
                  <th className="hide-s">Interface</th>
                  <th>State</th>
                </tr>
              </thead>
              <tbody>
                {endpoints.map((endpoint) => {
                  const workload = status?.workloads.find(
                    ({ ref }) => ref.name === endpoint.objectName && ref.namespace === endpoint.namespace,
                  );
                  return (
                    <tr key={endpoint.key}>
                      <td>
                        <Link href={`/endpoints?open=workloadendpoints/${endpoint.key}`}>
                          <ObjectName namespace={endpoint.namespace} name={endpoint.name} />
                        </Link>
                      </td>
                      <td className="mono">{endpoint.addresses.join(", ")}</td>
                      <td className="mono hide-s">{endpoint.object.spec.interfaceName ?? "–"}</td>
                      <td>
                        {workload === undefined ? (
                          <span className="muted">unknown</span>
                        ) : (
                          <SeverityMark
                            severity={workloadSeverity(workload)}
                            text={workload.detail ?? workload.state}
                          />
                        )}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )
      ) : tab === "sessions" ? (
        <Loaded query={told} what="BGP sessions" rows={4}>
          {() => (
            <SessionTable
              sessions={sessions}
              selected={undefined}
              onOpen={(session) => router.push(`/bgp?open=session/${session.id}`)}
            />
          )}
        </Loaded>
      ) : (
        <div className="pad">
          {status === undefined ? (
            <Empty
              title="The agent has not reported"
              help="Start percale-agent on this node; it enforces nothing until then."
            />
          ) : (
            <Programming report={report} status={status} head={head} />
          )}
        </div>
      )}
    </div>
  );
}

function Programming({
  report,
  status,
  head,
}: {
  readonly report: NodeReport;
  readonly status: AgentStatus;
  readonly head: number;
}) {
  const conditions = nodeConditions(report.name, status.conditions, useHealth().data ?? []);
  const late = status.programmedRevision < status.appliedRevision;
  const counts = [
    ["Endpoints", status.counts.endpoints],
    ["Policies", status.counts.policies],
    ["Address sets", status.counts.sets],
    ["Set members", status.counts.setMembers],
    ["Routes", status.counts.routes],
  ] as const;
  return (
    <>
      {report.hearing === "lost" && (
        <div className="note d">
          <Icon name="crit" />
          <div>
            <b>The agent is no longer heard.</b> What it programmed stays in force; what follows is its last report,{" "}
            <Age at={report.reportedAt} ago />.
          </div>
        </div>
      )}
      <ol className="pipe" aria-label="Programming">
        <li className="a">
          <span className="muted">Stored</span>
          <span className="pv">{formatCount(head)}</span>
          <span className="sm muted">newest revision</span>
        </li>
        <li className="pa" aria-hidden>
          <Icon name="arrow" />
        </li>
        <li className={status.inSync ? "a" : "w"}>
          <span className="muted">Received</span>
          <span className="pv">{formatCount(status.appliedRevision)}</span>
          <span className="sm muted">{status.inSync ? "in sync" : "still loading the snapshot"}</span>
        </li>
        <li className="pa" aria-hidden>
          <Icon name="arrow" />
        </li>
        <li className={late ? "d" : "a"}>
          <span className="muted">In the kernel</span>
          <span className="pv">{formatCount(status.programmedRevision)}</span>
          <span className="sm muted">
            {late
              ? `${counted(status.appliedRevision - status.programmedRevision, "revision")} behind`
              : "all that concerns this node"}
          </span>
        </li>
        <li className="pst">
          <dl>
            <dt>Apply</dt>
            <dd>
              {status.applyMs.p50.toFixed(1)} ms p50, {status.applyMs.p99.toFixed(1)} ms p99
            </dd>
            <dt>Drift repaired</dt>
            <dd>
              {formatCount(status.driftRepairs.count)}
              {status.driftRepairs.lastDetail !== undefined && (
                <span className="muted">
                  , last <Age at={status.driftRepairs.lastAt} ago />: {status.driftRepairs.lastDetail}
                </span>
              )}
            </dd>
            <dt>Running</dt>
            <dd>
              since <Age at={status.startedAt} />, {formatBytes(status.rssBytes)}
            </dd>
          </dl>
        </li>
      </ol>
      <div className="node-cols">
        <section className="card" aria-label="Conditions">
          <div className="ch">
            <h2 className="h2">Conditions</h2>
            <span className="muted">{conditions.length === 0 ? "none" : conditions.length}</span>
          </div>
          {conditions.length === 0 ? (
            <p className="cb muted">Nothing to report: the agent, its kernel and BIRD agree.</p>
          ) : (
            <ConditionList conditions={conditions} />
          )}
        </section>
        <section className="card" aria-label="Dataplane objects">
          <div className="ch">
            <h2 className="h2">Dataplane</h2>
            <span className="muted">
              nftables, {status.bird.version ?? "BIRD"} {status.bird.state === "Ready" ? "" : "not ready"}
            </span>
          </div>
          <table className="boxed">
            <thead>
              <tr>
                <th>Object</th>
                <th className="num">In the kernel</th>
              </tr>
            </thead>
            <tbody>
              {counts.map(([title, count]) => (
                <tr key={title}>
                  <td>{title}</td>
                  <td className="num">{formatCount(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </>
  );
}
