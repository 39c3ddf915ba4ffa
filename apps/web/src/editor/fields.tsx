"use client";
import { type ReactNode, useId } from "react";
import { Icon } from "../parts/icon.tsx";

interface FieldProps {
  readonly label: string;
  /** The field's name in YAML, shown beside the words. */
  readonly field?: string;
  readonly error?: string | undefined;
  readonly hint?: ReactNode;
}

function FieldFrame(props: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="fld">
      <label className="lab" htmlFor={props.id}>
        {props.label}
        {props.field !== undefined && <span className="field-name">{props.field}</span>}
      </label>
      {props.children}
      {props.hint !== undefined && (
        <p className="hint" id={`${props.id}-h`}>
          {props.hint}
        </p>
      )}
      {props.error !== undefined && (
        <p className="hint err" id={`${props.id}-e`}>
          {props.error}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, { error, hint }: FieldProps) {
  const ids = [hint === undefined ? "" : `${id}-h`, error === undefined ? "" : `${id}-e`].filter((part) => part !== "");
  return {
    ...(ids.length > 0 ? { "aria-describedby": ids.join(" ") } : {}),
    ...(error === undefined ? {} : { "aria-invalid": true }),
  };
}

export function TextField(
  props: FieldProps & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly mono?: boolean;
    readonly disabled?: boolean;
    readonly placeholder?: string;
    readonly autoFocus?: boolean;
  },
) {
  const id = useId();
  return (
    <FieldFrame {...props} id={id}>
      <input
        id={id}
        className={props.mono === true ? "in mono" : "in"}
        value={props.value}
        disabled={props.disabled}
        placeholder={props.placeholder}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- a panel that was asked for begins at its first field
        autoFocus={props.autoFocus}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => props.onChange(event.target.value)}
        {...describedBy(id, props)}
      />
    </FieldFrame>
  );
}

export function SelectField(
  props: FieldProps & {
    readonly value: string;
    readonly options: readonly (string | { readonly value: string; readonly title: string })[];
    readonly onChange: (value: string) => void;
    readonly disabled?: boolean;
  },
) {
  const id = useId();
  return (
    <FieldFrame {...props} id={id}>
      <span className="selw">
        <select
          id={id}
          className="in"
          value={props.value}
          disabled={props.disabled}
          onChange={(event) => props.onChange(event.target.value)}
          {...describedBy(id, props)}
        >
          {props.options.map((option) => {
            const { value, title } = typeof option === "string" ? { value: option, title: option } : option;
            return (
              <option key={value} value={value}>
                {title}
              </option>
            );
          })}
        </select>
        <Icon name="down" />
      </span>
    </FieldFrame>
  );
}

export function CheckField(props: {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label className="chk">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.target.checked)} />
      <span>{props.label}</span>
    </label>
  );
}
