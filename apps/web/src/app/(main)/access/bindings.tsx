"use client";
import type { BindingView } from "@percale/api";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Loaded } from "../../../parts/states.tsx";
import { useTRPC } from "../../../trpc/client.ts";
import { pathOf } from "../../../words/kinds.ts";
import { bindingRows } from "./view.ts";

/** Who has which role, and where. */
export function Bindings() {
  const trpc = useTRPC();
  const bindings = useQuery(trpc.access.bindings.queryOptions());
  return (
    <section className="card" aria-label="Bindings">
      <div className="ch">
        <h2 className="h2">Bindings</h2>
        <span className="muted hide-s">who has which role, and where it counts</span>
        <Link className="btn sm" href="/new/clusterrolebindings">
          New binding
        </Link>
      </div>
      <Loaded query={bindings} what="bindings" rows={5}>
        {(list) => <BindingTable rows={bindingRows(list)} />}
      </Loaded>
    </section>
  );
}

function BindingTable({ rows }: { readonly rows: readonly BindingView[] }) {
  return (
    <div className="tw">
      <table className="boxed">
        <thead>
          <tr>
            <th>Who</th>
            <th>Role</th>
            <th>Where</th>
            <th className="hide-s">Binding</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ ref, role, subjects, namespace, isBuiltIn }) => (
            <tr key={pathOf(ref)}>
              <td className="mono">{subjects.length === 0 ? "nobody" : subjects.join(", ")}</td>
              <td className="mono">
                <Link href={pathOf(role)}>{role.name}</Link>
              </td>
              <td className={namespace === undefined ? "muted" : "mono"}>{namespace ?? "everywhere"}</td>
              <td className="hide-s">
                <Link href={pathOf(ref)} className="mono">
                  {ref.name}
                </Link>{" "}
                {isBuiltIn && <span className="badge">built in</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
