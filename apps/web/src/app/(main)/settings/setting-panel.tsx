import type { KubeObject } from "@percale/resources/catalog";
import Link from "next/link";
import { Panel } from "../../../parts/panel.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import { pathOf } from "../../../words/kinds.ts";
import { EffectWords } from "./setting-line.tsx";
import { CLUSTER, forWhom, type SettingRow, valueWords } from "./view.ts";

/** One setting: what it is for, what a change does, and where its value comes from on which nodes. */
export function SettingPanel(props: {
  readonly row: SettingRow;
  /** Of its kind. */
  readonly objects: readonly KubeObject[];
  readonly onReset: () => void;
  readonly onClose: () => void;
}) {
  const { row } = props;
  const link = (name: string) => (
    <Link className="link mono" href={pathOf({ kind: row.kind, name })}>
      {name}
    </Link>
  );
  return (
    <Panel
      label={`Setting ${row.title}`}
      title={
        <span className="set-title">
          <h2>{row.title}</h2>
          <span className="field-name">
            spec.{row.field} · {row.kind}
          </span>
        </span>
      }
      onClose={props.onClose}
    >
      <p>{row.description}</p>
      <dl className="kv sect">
        <dt>A change</dt>
        <dd>
          <EffectWords effect={row.effect} />
        </dd>
        {row.unit !== undefined && (
          <>
            <dt>Unit</dt>
            <dd>{row.unit}</dd>
          </>
        )}
      </dl>
      <div className="rowb sect">
        <h3 className="h3">Where it comes from</h3>
        {row.stated !== undefined && (
          <WriteButton className="btn ghost right" onClick={props.onReset}>
            Reset to default
          </WriteButton>
        )}
      </div>
      <table className="flush">
        <thead>
          <tr>
            <th>Object</th>
            <th>For</th>
            <th>Value</th>
          </tr>
        </thead>
        <tbody>
          {row.overrides.map(({ name, value }) => (
            <tr key={name}>
              <td>{link(name)}</td>
              <td className="muted">{whomOf(name, props.objects)}</td>
              <td className="mono">{valueWords(value)}</td>
            </tr>
          ))}
          <tr>
            <td>{row.stated === undefined ? <span className="mono muted">{CLUSTER}</span> : link(CLUSTER)}</td>
            <td className="muted">all nodes</td>
            <td className={row.stated === undefined ? "muted" : "mono"}>
              {row.stated === undefined ? "not stated" : valueWords(row.stated)}
            </td>
          </tr>
          <tr>
            <td className="muted">built in</td>
            <td className="muted">all nodes</td>
            <td className="mono">{valueWords(row.fallback)}</td>
          </tr>
        </tbody>
      </table>
      <p className="muted sm">The first line that is for a node and states it decides there.</p>
    </Panel>
  );
}

function whomOf(name: string, objects: readonly KubeObject[]): string {
  if (name.startsWith("node.")) return `node ${forWhom(name)}`;
  const spec = objects.find(({ metadata }) => metadata.name === name)?.spec as { readonly nodeSelector?: string };
  return spec.nodeSelector === undefined ? "no node" : `nodes with ${spec.nodeSelector}`;
}
