"use client";
import type { EndpointListView } from "@percale/api";
import type { WorkloadStatus } from "@percale/protocol";
import Link from "next/link";
import { ObjectName } from "../../../../parts/object-name.tsx";
import { SeverityMark } from "../../../../parts/severity.tsx";
import { Empty } from "../../../../parts/states.tsx";
import { formatCount } from "../../../../words/number.ts";
import { type NodeReport, workloadSeverity } from "../view.ts";

/** A node's endpoints, each with the state that its agent tells while it is heard. */
export function EndpointTab({
  report: { name, status, hearing },
  endpoints: { rows, matched },
}: {
  readonly report: NodeReport;
  readonly endpoints: EndpointListView;
}) {
  if (rows.length === 0)
    return <Empty title="No endpoint on this node" help="Workloads appear here when the CNI plugin attaches them." />;
  return (
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
          {rows.map((endpoint) => {
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
                <td className="mono hide-s">{workload?.interfaceName ?? "–"}</td>
                <td>
                  <State workload={workload} isHeard={hearing === "heard"} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length < matched && (
        <p className="pad">
          <Link className="link" href={`/endpoints?node=${encodeURIComponent(name)}`}>
            All {formatCount(matched)} endpoints
          </Link>
        </p>
      )}
    </div>
  );
}

function State({ workload, isHeard }: { readonly workload: WorkloadStatus | undefined; readonly isHeard: boolean }) {
  if (workload === undefined) return <SeverityMark severity="unknown" text="unknown" />;
  const { detail = workload.state } = workload;
  return isHeard ? (
    <SeverityMark severity={workloadSeverity(workload)} text={detail} />
  ) : (
    <SeverityMark severity="unknown" text={`was ${detail}`} />
  );
}
