import Link from "next/link";
import { lowered } from "../../words/tense.ts";
import { NameOf } from "../../parts/object-name.tsx";
import { type Severity, SeverityMark } from "../../parts/severity.tsx";
import type { DeniedTarget } from "./matrix/view.ts";
import type { Verdict } from "./overview-view.ts";
import { briefTitle, type NodeRow } from "./nodes/view.ts";
import { hrefOf } from "./reach/questions.ts";

/** Of what the headline speaks, and what else there is: each leads to where it is explained. */
export function Causes({ verdict: { severity, causes } }: { readonly verdict: Verdict }) {
  return (
    <>
      {severity === "info" && (
        <>
          Start an agent on a node, or bring up the lab with <span className="mono">percale lab up</span>.
        </>
      )}
      {causes.map(({ subject, href, rest }, index) => (
        <span key={`${subject} ${rest}`}>
          {index > 0 && " · "}
          <Link className="link" href={href}>
            {subject}
          </Link>{" "}
          {rest}
        </span>
      ))}
    </>
  );
}

/** What cannot be reached, from where, and what decides it; a row leads to the first such question. */
export function DeniedTable({ targets }: { readonly targets: readonly DeniedTarget[] }) {
  if (targets.length === 0) return null;
  return (
    <table className="boxed denied">
      <thead>
        <tr>
          <th>Denied</th>
          <th>From</th>
          <th className="hide-s">Because</th>
        </tr>
      </thead>
      <tbody>
        {targets.map(({ destination, protocol, port, sources, why }) => (
          <tr key={`${destination} ${protocol} ${port} ${why}`}>
            <td>
              <Link href={hrefOf({ source: sources[0] ?? "", destination, protocol, port })}>
                <NameOf text={destination} />{" "}
                <span className="muted nowrap">
                  {protocol} {port}
                </span>
              </Link>
            </td>
            <td title={sources.join(", ")}>
              <span className="mono">{sources.slice(0, 2).map(shortOf).join(", ")}</span>
              {sources.length > 2 && <span className="muted"> and {sources.length - 2} more</span>}
            </td>
            <td className="muted ell hide-s" title={why}>
              {why}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shortOf(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

const TONES: Readonly<Record<Severity, string>> = {
  critical: "deny",
  warning: "warn",
  info: "muted",
  ok: "muted",
  unknown: "muted",
};

/** One line per node: its worst condition, how much it holds, how fast a change is in its kernel. */
export function NodeStrip({ rows }: { readonly rows: readonly NodeRow[] }) {
  return (
    <table className="boxed nstrip">
      <thead>
        <tr>
          <th>Node</th>
          <th className="num">Endpoints</th>
          <th className="num hide-s">Policies</th>
          <th className="num">Apply p99</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <NodeLine key={row.name} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function NodeLine({ row }: { readonly row: NodeRow }) {
  const { name, severity, title } = row;
  const { status } = row.report;
  return (
    <tr>
      <td>
        <Link href={`/nodes/${name}`} className="rowb" title={title}>
          <SeverityMark severity={severity} />
          <span className="mono">{name}</span>
          {severity !== "ok" && <span className={`ell ${TONES[severity]}`}>{lowered(briefTitle(row))}</span>}
        </Link>
      </td>
      <td className="num">{status?.counts.endpoints ?? "–"}</td>
      <td className="num hide-s">{status?.counts.policies ?? "–"}</td>
      <td className="num">{status === undefined ? "–" : `${Math.round(status.applyMs.p99)} ms`}</td>
    </tr>
  );
}
