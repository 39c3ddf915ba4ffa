"use client";
import type { EndpointListView } from "@percale/api";
import type { ObjectRef } from "@percale/resources/catalog";
import Link from "next/link";
import type { ProgrammedOn } from "../../policy/programmed.ts";
import { Pair } from "../../app/(main)/matrix/pair-list.tsx";
import { cellOf, type Matrix, questionOf } from "../../app/(main)/matrix/view.ts";
import { hrefOf } from "../../app/(main)/reach/questions.ts";
import { counted, formatCount } from "../../words/number.ts";
import { History } from "../history.tsx";
import { ObjectName } from "../object-name.tsx";
import { ProgrammedNodes } from "../programmed.tsx";
import { useUrlState } from "../url-state.ts";

/** The first of those that are selected. */
export function EndpointsCard({ list }: { readonly list: EndpointListView }) {
  const { rows, matched } = list;
  const url = useUrlState();
  return (
    <section className="card" aria-label="Endpoints">
      <div className="ch">
        <h2 className="h2">Endpoints</h2>
        {matched > rows.length && (
          <span className="muted">
            {rows.length} of {formatCount(matched)}
          </span>
        )}
        {matched > rows.length && (
          <span className="end">
            <button type="button" className="link" onClick={() => url.set({ tab: "endpoints" })}>
              All {formatCount(matched)}
            </button>
          </span>
        )}
      </div>
      {rows.length === 0 ? (
        <p className="sum-none muted">None has the labels that its selector asks for.</p>
      ) : (
        <table className="boxed">
          <thead>
            <tr>
              <th>Endpoint</th>
              <th>Address</th>
              <th>Node</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, namespace, name, addresses, node }) => (
              <tr key={key}>
                <td>
                  <Link href={`/endpoints?open=workloadendpoints/${key}`}>
                    <ObjectName namespace={namespace} name={name} />
                  </Link>
                </td>
                <td className="mono">{addresses[0] ?? "–"}</td>
                <td className="mono">
                  <Link href={`/nodes/${node}`}>{node}</Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const PAIRS = 6;

/** What the lab's probes say of it: pairs that it decides, those first on which packets met something else. */
export function PairsCard({ matrix, by }: { readonly matrix: Matrix; readonly by: string }) {
  const pairs = matrix.probes
    .filter((probe) => probe.by?.includes(by) === true)
    .map(cellOf)
    .sort((a, b) => Number(b.differs) - Number(a.differs));
  return (
    <section className="card" aria-label="Evidence">
      <div className="ch">
        <h2 className="h2">Evidence</h2>
        <span className="muted">{counted(pairs.length, "probed pair")} that it decides</span>
        <span className="end">
          <Link href="/matrix">Matrix</Link>
        </span>
      </div>
      <ul className="cb mx-pairs">
        {pairs.slice(0, PAIRS).map((cell) => (
          <Pair key={hrefOf(questionOf(cell))} cell={cell} />
        ))}
      </ul>
    </section>
  );
}

export function NodesCard({ on, revision }: { readonly on: ProgrammedOn; readonly revision: string | undefined }) {
  return (
    <section className="card" aria-label="Programmed">
      <div className="ch">
        <h2 className="h2">Programmed</h2>
        <span className="muted">revision {revision}</span>
      </div>
      <div className="cb">
        <ProgrammedNodes on={on} />
      </div>
    </section>
  );
}

const LAST = 3;

export function ChangesCard({ openRef }: { readonly openRef: ObjectRef }) {
  const url = useUrlState();
  return (
    <section className="card" aria-label="Last changes">
      <div className="ch">
        <h2 className="h2">Last changes</h2>
        <span className="end">
          <button type="button" className="link" onClick={() => url.set({ tab: "history" })}>
            History
          </button>
        </span>
      </div>
      <div className="cb">
        <History openRef={openRef} limit={LAST} />
      </div>
    </section>
  );
}
