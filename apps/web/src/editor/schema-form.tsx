"use client";
import { CheckField, SelectField, TextField } from "./fields.tsx";
import type { FormProps } from "./form-props.ts";
import { fieldsOf, plainText, type Schema, schemaAt, typesOf, valuesOf } from "../words/schema.ts";

/** What every object has; the others are the kind's own. */
const COMMON = new Set(["apiVersion", "kind", "metadata", "status"]);

/** Every other kind: one field per scalar of what it says, straight from its schema; the rest is named and stays in YAML. */
export function SchemaForm({ draft, isNew, schema, errorOf, onShowYaml }: FormProps) {
  const value = draft.value as { metadata?: { name?: string; namespace?: string }; spec?: object };
  const inSpec = schemaAt(schema, ["spec"]);
  const path = inSpec === undefined ? [] : ["spec"]; // of some kinds the fields stand beside the metadata
  const spec = (inSpec === undefined ? value : (value.spec ?? {})) as Readonly<Record<string, unknown>>;
  const fields = fieldsOf(inSpec ?? schema).filter(([name]) => inSpec !== undefined || !COMMON.has(name));
  const simple = fields.filter(([, field]) => isSimple(field));
  const complex = fields.filter(([, field]) => !isSimple(field)).map(([name]) => name);
  // A kind with a hundred settings shows those that are set; the others are a completion away in YAML.
  const shown = simple.length > 24 ? simple.filter(([name]) => spec[name] !== undefined) : simple;
  return (
    <div className="form">
      {isNew && (
        <div className="grid2">
          <TextField
            label="Name"
            field="metadata.name"
            mono
            value={value.metadata?.name ?? ""}
            error={errorOf("metadata.name")}
            onChange={(name) => draft.edit(["metadata", "name"], name)}
          />
          {value.metadata?.namespace !== undefined && (
            <TextField
              label="Namespace"
              field="metadata.namespace"
              mono
              value={value.metadata.namespace}
              error={errorOf("metadata.namespace")}
              onChange={(name) => draft.edit(["metadata", "namespace"], name)}
            />
          )}
        </div>
      )}
      <div className="schema-grid fld">
        {shown.map(([name, field]) => (
          <SchemaField
            key={name}
            name={name}
            field={[...path, name].join(".")}
            schema={field}
            value={spec[name]}
            error={errorOf([...path, name].join("."))}
            onChange={(next) => draft.edit([...path, name], next)}
          />
        ))}
      </div>
      {shown.length < simple.length && (
        <p className="fld muted">
          {simple.length - shown.length} settings have their default.{" "}
          <button type="button" className="link" onClick={onShowYaml}>
            Set one in YAML
          </button>
        </p>
      )}
      {complex.length > 0 && simple.length <= 24 && (
        <p className="fld muted">
          Only in YAML: <span className="mono">{complex.map((name) => [...path, name].join(".")).join(", ")}</span>{" "}
          <button type="button" className="link" onClick={onShowYaml}>
            Show
          </button>
        </p>
      )}
    </div>
  );
}

function SchemaField(props: {
  readonly name: string;
  /** Its path. */
  readonly field: string;
  readonly schema: Schema;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly onChange: (value: unknown) => void;
}) {
  const { name, field, schema, value, error, onChange } = props;
  const common = { label: schema.title ?? name, field, error };
  const fallback =
    schema.default === undefined || schema.default === ""
      ? "not set"
      : JSON.stringify(schema.default).replaceAll('"', "");
  const choices = valuesOf(schema);
  const types = typesOf(schema);
  if (types.includes("boolean")) {
    return (
      <div className="fld check-fld">
        <CheckField
          label={
            <>
              {common.label} <span className="field-name">· {common.field}</span>
            </>
          }
          checked={(value ?? schema.default ?? schema["x-default"]) === true}
          onChange={onChange}
        />
        {schema.description !== undefined && <p className="hint">{schema.description}</p>}
      </div>
    );
  }
  const hint = schema.description;
  if (choices.length > 0) {
    return (
      <SelectField
        {...common}
        {...(hint === undefined ? {} : { hint })}
        value={value === undefined ? "" : plainText(value)}
        options={[{ value: "", title: `Default (${fallback})` }, ...choices]}
        onChange={(next) => onChange(next === "" ? undefined : next)}
      />
    );
  }
  const numeric = types.some((type) => type === "integer" || type === "number") && !types.includes("string");
  return (
    <TextField
      {...common}
      {...(hint === undefined ? {} : { hint })}
      mono
      value={value === undefined ? "" : plainText(value)}
      placeholder={fallback}
      onChange={(text) =>
        onChange(text === "" ? undefined : numeric && !Number.isNaN(Number(text)) ? Number(text) : text)
      }
    />
  );
}

function isSimple(schema: Schema): boolean {
  const types = typesOf(schema);
  return types.length > 0 && types.every((type) => ["string", "number", "integer", "boolean"].includes(type));
}
