"use client";
import { type KeyboardEvent, useState } from "react";
import { Icon } from "../parts/icon.tsx";
import { Sentence } from "../parts/sentence.tsx";
import { ruleText } from "../policy/sentence.ts";
import type { EntityRule, RuleSpec } from "../policy/spec.ts";
import { SelectField, TextField } from "./fields.tsx";
import { SelectorField } from "./selector-field.tsx";

/** Rules of one direction as sentences; one is open for editing at a time. Alt with arrows moves the focused rule. */
export function RuleList(props: {
  readonly direction: "ingress" | "egress";
  readonly rules: readonly RuleSpec[];
  /** `namespace` of the policy; absent for a global one. */
  readonly namespace: string | undefined;
  readonly endOfTier: string;
  readonly onChange: (rules: readonly RuleSpec[]) => void;
}) {
  const { rules, direction, onChange } = props;
  const [open, setOpen] = useState<number>();
  const word = direction === "ingress" ? "Ingress" : "Egress";
  const move = (from: number, to: number) => {
    if (to < 0 || to >= rules.length) return;
    const next = [...rules];
    const [rule] = next.splice(from, 1);
    if (rule !== undefined) next.splice(to, 0, rule);
    onChange(next);
    setOpen(open === from ? to : undefined);
  };
  const onKey = (event: KeyboardEvent, index: number) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(index, index + (event.key === "ArrowUp" ? -1 : 1));
  };
  return (
    <section className="fld" aria-label={`${word} rules`}>
      <div className="lab">
        {word} rules <span className="field-name">spec.{direction}</span>
      </div>
      {rules.length > 0 && (
        <ol className="rules">
          {rules.map((rule, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- rules have no name, only a place
            <li key={index}>
              {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the controls inside */}
              <div className="rule" data-open={open === index} onKeyDown={(event) => onKey(event, index)}>
                <span className="no">{index + 1}</span>
                <button
                  type="button"
                  className="rule-open"
                  aria-expanded={open === index}
                  onClick={() => setOpen(open === index ? undefined : index)}
                >
                  <Sentence rule={rule} />
                </button>
                <span className="rule-tools">
                  <button
                    type="button"
                    className="btn ghost mini"
                    disabled={index === 0}
                    aria-label={`Move rule ${index + 1} up`}
                    title="Alt ↑"
                    onClick={() => move(index, index - 1)}
                  >
                    <Icon name="up" />
                  </button>
                  <button
                    type="button"
                    className="btn ghost mini"
                    disabled={index === rules.length - 1}
                    aria-label={`Move rule ${index + 1} down`}
                    title="Alt ↓"
                    onClick={() => move(index, index + 1)}
                  >
                    <Icon name="down" />
                  </button>
                  <button
                    type="button"
                    className="btn ghost mini"
                    aria-label={`Delete rule ${index + 1}: ${ruleText(rule)}`}
                    onClick={() => {
                      onChange(rules.filter((_, at) => at !== index));
                      setOpen(undefined);
                    }}
                  >
                    <Icon name="trash" />
                  </button>
                </span>
              </div>
              {open === index && (
                <RuleForm
                  rule={rule}
                  namespace={props.namespace}
                  onChange={(next) => onChange(rules.map((old, at) => (at === index ? next : old)))}
                />
              )}
            </li>
          ))}
        </ol>
      )}
      <div className="rule-add">
        <button
          type="button"
          className="btn"
          onClick={() => {
            onChange([...rules, { action: "Allow" }]);
            setOpen(rules.length);
          }}
        >
          <Icon name="plus" />
          Add {direction} rule
        </button>
        <span className="muted sm">
          No rule matches: next policy, then end of tier{" "}
          <b className={props.endOfTier === "Deny" ? "deny" : "pass"}>{props.endOfTier}</b>
        </span>
      </div>
    </section>
  );
}

const PROTOCOLS = ["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite"];

function RuleForm(props: {
  readonly rule: RuleSpec;
  readonly namespace: string | undefined;
  readonly onChange: (rule: RuleSpec) => void;
}) {
  const { rule } = props;
  const set = (change: { [K in keyof RuleSpec]?: RuleSpec[K] | undefined }) =>
    props.onChange(compact({ ...rule, ...change }));
  const protocol = rule.protocol === undefined ? "" : String(rule.protocol);
  const hasPorts = ["TCP", "UDP", "SCTP", "UDPLite"].includes(protocol);
  return (
    <div className="rule-form">
      <div className="grid2">
        <SelectField
          label="Action"
          field="action"
          value={rule.action ?? "Allow"}
          options={["Allow", "Deny", "Pass", "Log"]}
          onChange={(action) => set({ action })}
        />
        <SelectField
          label="Protocol"
          field="protocol"
          value={protocol}
          options={[
            { value: "", title: "Any" },
            ...PROTOCOLS,
            ...(protocol === "" || PROTOCOLS.includes(protocol) ? [] : [protocol]),
          ]}
          onChange={(value) => set({ protocol: value === "" ? undefined : value })}
        />
      </div>
      <EntityForm
        title="From"
        path="source"
        entity={rule.source ?? {}}
        namespace={props.namespace}
        hasPorts={hasPorts}
        onChange={(source) => set({ source })}
      />
      <EntityForm
        title="To"
        path="destination"
        entity={rule.destination ?? {}}
        namespace={props.namespace}
        hasPorts={hasPorts}
        onChange={(destination) => set({ destination })}
      />
    </div>
  );
}

function EntityForm(props: {
  readonly title: "From" | "To";
  readonly path: "source" | "destination";
  readonly entity: EntityRule;
  readonly namespace: string | undefined;
  readonly hasPorts: boolean;
  readonly onChange: (entity: EntityRule | undefined) => void;
}) {
  const { entity, path, title } = props;
  const set = (change: { [K in keyof EntityRule]?: EntityRule[K] | undefined }) => {
    const next = compact({ ...entity, ...change });
    props.onChange(Object.keys(next).length === 0 ? undefined : next);
  };
  const text = (value: string) => (value === "" ? undefined : value);
  return (
    <fieldset>
      <legend className="vh">{title}</legend>
      <SelectorField
        label={`${title} endpoints`}
        field={`${path}.selector`}
        value={entity.selector ?? ""}
        placeholder="any"
        scope={{ of: "peer", namespace: props.namespace, namespaceSelector: entity.namespaceSelector }}
        onChange={(value) => set({ selector: text(value) })}
      />
      <div className="grid2">
        <SelectorField
          label="In namespaces"
          field="namespaceSelector"
          value={entity.namespaceSelector ?? ""}
          placeholder={props.namespace === undefined ? "any" : `only ${props.namespace}`}
          onChange={(value) => set({ namespaceSelector: text(value) })}
        />
        <ListField
          label="Networks"
          field="nets"
          value={entity.nets}
          placeholder="10.0.0.0/8, …"
          onChange={(nets) => set({ nets })}
        />
      </div>
      {props.hasPorts && (
        <ListField
          label={path === "source" ? "Source ports" : "Ports"}
          field={`${path}.ports`}
          value={entity.ports?.map(String)}
          placeholder="443, 8000:8080, http"
          onChange={(ports) => set({ ports: ports?.map((port) => (/^\d+$/.test(port) ? Number(port) : port)) })}
        />
      )}
    </fieldset>
  );
}

function ListField(props: {
  readonly label: string;
  readonly field: string;
  readonly value: readonly string[] | undefined;
  readonly placeholder: string;
  readonly onChange: (value: readonly string[] | undefined) => void;
}) {
  const shown = props.value?.join(", ") ?? "";
  const [typed, setTyped] = useState(shown);
  const list = (text: string) => text.split(/[\s,]+/).filter((item) => item !== "");
  // The text keeps its commas while it means the same list.
  const value = list(typed).join(", ") === shown ? typed : shown;
  return (
    <TextField
      label={props.label}
      field={props.field}
      mono
      value={value}
      placeholder={props.placeholder}
      onChange={(text) => {
        setTyped(text);
        const items = list(text);
        props.onChange(items.length === 0 ? undefined : items);
      }}
    />
  );
}

/** Drops fields that are undefined, so that they vanish from the YAML. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}
