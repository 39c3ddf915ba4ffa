"use client";
import Link from "next/link";
import { useState } from "react";
import { Icon } from "../../../parts/icon.tsx";
import { useRights } from "../../../live/rights.ts";
import { plainText } from "../../../words/schema.ts";
import { pathOf } from "../../../words/kinds.ts";
import { CLUSTER, type Drafts, forWhom, parseTyped, type SettingRow, shownValue, valueWords } from "./view.ts";

/** One setting: what it is called, its value to change in place, its default, who overrides it, what a change does. */
export function SettingLine(props: {
  readonly row: SettingRow;
  readonly drafts: Drafts;
  readonly error: string | undefined;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onChange: (value: unknown) => void;
}) {
  const { row, drafts, error } = props;
  const isDrafted = drafts.has(row.key);
  const hasOwn = drafts.get(row.key) !== undefined || (!isDrafted && row.stated !== undefined);
  return (
    <div
      className="set-line"
      data-changed={isDrafted ? "true" : undefined}
      data-open={props.isOpen ? "true" : undefined}
      data-idle={row.effect === undefined ? "true" : undefined}
    >
      <button type="button" className="set-name" onClick={props.onOpen}>
        <span>
          {row.title}
          {row.differs && <i className="set-ring" role="img" aria-label="differs from default" />}
        </span>
        <span className="field-name">spec.{row.field}</span>
      </button>
      <span className="set-value">
        <SettingControl row={row} value={shownValue(row, drafts)} onChange={props.onChange} />
        {row.unit !== undefined && <span className="muted">{row.unit}</span>}
      </span>
      <span className="set-default muted sm">{valueWords(row.fallback)}</span>
      <span className="set-over">
        {row.overrides.slice(0, 2).map(({ name, value }) => (
          <span key={name} className="badge" title={`${name} says ${valueWords(value)}`}>
            <Icon name="nodes" /> {forWhom(name)}: {valueWords(value)}
          </span>
        ))}
        {row.overrides.length > 2 && <span className="muted sm">and {row.overrides.length - 2} more</span>}
      </span>
      <span className="set-effect sm">
        <EffectWords effect={row.effect} />
      </span>
      {(isDrafted || error !== undefined) && (
        <span className="set-diff sm">
          {isDrafted && (
            <>
              <s className="muted">{valueWords(row.stated ?? row.fallback)}</s>{" "}
              <b className="acc med">{valueWords(shownValue(row, drafts))}</b>
            </>
          )}
          {error !== undefined && <span className="deny"> · {error}</span>}
          {isDrafted && (
            <button type="button" className="link right" onClick={() => props.onChange(row.stated)}>
              Take back
            </button>
          )}
        </span>
      )}
      {hasOwn && !isDrafted && row.differs && (
        <button type="button" className="link set-reset sm" onClick={() => props.onChange(undefined)}>
          Reset to default
        </button>
      )}
    </div>
  );
}

export function EffectWords({ effect }: { readonly effect: string | undefined }) {
  if (effect === undefined) return <span className="muted">no effect in this version</span>;
  if (effect === "live") return <span className="muted">applies live</span>;
  if (effect === "new addresses only") return <span className="muted">{effect}</span>;
  return (
    <span className="warn">
      <Icon name="warn" /> {effect}
    </span>
  );
}

function SettingControl(props: {
  readonly row: SettingRow;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}) {
  const { row, value, onChange } = props;
  const { readOnly } = useRights();
  const label = row.title;
  const state = { "aria-label": label, disabled: readOnly !== undefined, title: readOnly };
  switch (row.control.t) {
    case "switch":
      return (
        <label className="switch-box">
          <input
            type="checkbox"
            role="switch"
            checked={value === true}
            aria-checked={value === true}
            onChange={() => onChange(value !== true)}
            {...state}
          />
          <span>{value === undefined ? "not set" : value === true ? "on" : "off"}</span>
        </label>
      );
    case "choice":
      return (
        <span className="selw">
          <select
            className="in"
            value={choiceOf(row.control.values, value)}
            onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
            {...state}
          >
            {row.fallback === undefined && <option value="">Not set</option>}
            {row.control.values.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
          <Icon name="down" />
        </span>
      );
    case "number":
    case "text":
    case "list":
      return <TypedControl {...props} state={state} />;
    case "yaml":
      return (
        <Link className="link" href={`${pathOf({ kind: row.kind, name: CLUSTER })}?tab=yaml`}>
          {valueWords(value)}
        </Link>
      );
  }
}

/** As the list writes it, in whatever case it is stored. */
function choiceOf(choices: readonly string[], value: unknown): string {
  const text = value === undefined ? "" : plainText(value);
  return choices.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? text;
}

/** The text stays as it was typed while it means the same value. */
function TypedControl(props: {
  readonly row: SettingRow;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly state: object;
}) {
  const { row, value } = props;
  const shown = value === undefined ? "" : Array.isArray(value) ? value.join(", ") : plainText(value);
  const [typed, setTyped] = useState(shown);
  const means = parseTyped(row.control, typed);
  const isSame = JSON.stringify(means) === JSON.stringify(value) || (means === undefined && value === row.fallback);
  return (
    <input
      className={row.control.t === "number" ? "in mono set-number" : "in mono"}
      value={isSame ? typed : shown}
      placeholder={valueWords(row.fallback)}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => {
        setTyped(event.target.value);
        props.onChange(parseTyped(row.control, event.target.value));
      }}
      {...props.state}
    />
  );
}
