"use client";
import { Node } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTense } from "../../../../live/presence.ts";
import { useNodes } from "../../../../live/queries.ts";
import { useSessions } from "../../../../live/sessions.ts";
import { Icon } from "../../../../parts/icon.tsx";
import { Empty, Loaded } from "../../../../parts/states.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { usePageTitle } from "../../../../shell/title.ts";
import { useTRPC } from "../../../../trpc/client.ts";
import { SessionTable } from "../../bgp/session-table.tsx";
import { sortSessions, touches } from "../../bgp/view.ts";
import { heardWords, nodeRow, type NodeReport, type Severity } from "../view.ts";
import { BlockTab } from "./block-tab.tsx";
import { EndpointTab } from "./endpoint-tab.tsx";
import { Programming } from "./programming.tsx";
import { RouteTab } from "./route-tab.tsx";
import { nodeBlocks } from "./view.ts";
import "../../../../styles/nodes.css";

/** One node: what it received, what is in its kernel, what was wrong; its endpoints, routes, blocks and sessions. */
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

/** As many endpoints as a node has, with few exceptions. */
const SHOWN = 200;

function NodeBody({ report, head }: { readonly report: NodeReport; readonly head: number }) {
  const url = useUrlState();
  const router = useRouter();
  const told = useSessions();
  const trpc = useTRPC();
  const usage = useQuery(trpc.pools.usage.queryOptions());
  const endpoints = useQuery(trpc.lists.endpoints.queryOptions({ node: report.name, limit: SHOWN }));
  const routes = useQuery(trpc.nodes.routes.queryOptions({ node: report.name }));
  const row = nodeRow(report);
  const { isPast } = useTense();
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
            {status === undefined ? "no agent has reported" : `agent ${status.build}`}
            {!isPast && `, ${heardWords(report)}`}
          </span>
          <Link className="btn right" href={`/nodes?q=${report.name}`}>
            Find in the list
          </Link>
        </div>
        <Tabs
          label="Node"
          current={tab}
          onSelect={(id) => url.set({ tab: id === "programming" ? undefined : id })}
          tabs={[
            { id: "programming", title: "Programming" },
            { id: "endpoints", title: "Endpoints", count: endpoints.data?.matched },
            { id: "routes", title: "Routes", count: routes.data?.total },
            { id: "blocks", title: "Blocks", count: usage.data && nodeBlocks(report.name, usage.data).own.length },
            { id: "sessions", title: "Sessions", count: told.data && sessions.length },
          ]}
        />
      </header>
      {tab === "endpoints" ? (
        <Loaded query={endpoints} what="endpoints" rows={4}>
          {(list) => <EndpointTab report={report} endpoints={list} />}
        </Loaded>
      ) : tab === "routes" ? (
        <Loaded query={routes} what="routes" rows={4}>
          {(told) => <RouteTab routes={told} endpoints={endpoints.data?.rows ?? []} />}
        </Loaded>
      ) : tab === "blocks" ? (
        <Loaded query={usage} what="IP pools" rows={4}>
          {(pools) => <BlockTab node={report.name} pools={pools} />}
        </Loaded>
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
