"use client";
import type { WorkloadStatus } from "@percale/protocol";
import Link from "next/link";
import { useEndpoints } from "../../../../live/endpoints.ts";
import { ObjectName } from "../../../../parts/object-name.tsx";
import { SeverityMark } from "../../../../parts/severity.tsx";
import { Empty, Loaded } from "../../../../parts/states.tsx";
import { workloadSeverity } from "../view.ts";

/** A node's endpoints, each with the state that its agent tells. */
export function EndpointTab({
  node,
  workloads,
}: {
  readonly node: string;
  readonly workloads: readonly WorkloadStatus[];
}) {
  const all = useEndpoints();
  if (!all.loaded)
    return (
      <Loaded query={{ ...all, data: undefined }} what="endpoints" rows={4}>
        {() => null}
      </Loaded>
    );
  const endpoints = all.items.filter((endpoint) => endpoint.node === node);
  if (endpoints.length === 0)
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
          {endpoints.map((endpoint) => {
            const workload = workloads.find(
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
                    <SeverityMark severity={workloadSeverity(workload)} text={workload.detail ?? workload.state} />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
