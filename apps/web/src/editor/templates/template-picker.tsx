"use client";
import { Namespace } from "@percale/resources/catalog";
import { useId, useState } from "react";
import { useObjects } from "../../live/objects.ts";
import { EndpointCombo } from "../../parts/endpoint-combo.tsx";
import { Icon } from "../../parts/icon.tsx";
import type { UrlChange } from "../../parts/url-state.ts";
import { SelectField, TextField } from "../fields.tsx";
import { type Answers, type Ask, type Template, templatesOf } from "./templates.ts";
import "../../styles/templates.css";

/** What to begin from, each with what it does. Choosing one asks for what it needs, no more. */
export function TemplatePicker(props: { readonly kind: string; readonly onBegin: (change: UrlChange) => void }) {
  const [chosen, setChosen] = useState<string>();
  return (
    <ul className="templates" aria-label="Begin from">
      {templatesOf(props.kind).map((template) => (
        <li key={template.id} data-chosen={template.id === chosen ? "" : undefined}>
          <button
            type="button"
            className="tpl"
            aria-expanded={template.asks.length === 0 ? undefined : template.id === chosen}
            onClick={() =>
              template.asks.length === 0 ? props.onBegin(template.begin(NOTHING)) : setChosen(template.id)
            }
          >
            <b className="med">{template.title}</b>
            <span className="muted">{template.effect}</span>
            <Icon name={template.asks.length > 0 && template.id === chosen ? "down" : "right"} />
          </button>
          {template.id === chosen && <Asks template={template} onBegin={props.onBegin} />}
        </li>
      ))}
    </ul>
  );
}

const NOTHING: Answers = { namespace: "", source: "", destination: "", port: "" };
/** A policy for any port is one too. */
const OPTIONAL: ReadonlySet<Ask> = new Set(["port"]);

function Asks({ template, onBegin }: { readonly template: Template; readonly onBegin: (change: UrlChange) => void }) {
  const [answers, setAnswers] = useState(NOTHING);
  const namespaces = useObjects(Namespace).items.map(({ metadata }) => metadata.name);
  const [first = "default"] = namespaces.includes("default") ? ["default"] : namespaces;
  const filled = { ...answers, namespace: answers.namespace === "" ? first : answers.namespace };
  const isWhole = template.asks.every((ask) => OPTIONAL.has(ask) || filled[ask] !== "");
  const answer = (ask: Ask) => (text: string) => setAnswers((before) => ({ ...before, [ask]: text }));
  return (
    <form
      className="tpl-asks"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) onBegin(template.begin(filled));
      }}
    >
      {template.asks.map((ask) => (
        <Field key={ask} ask={ask} value={filled[ask]} namespaces={namespaces} onChange={answer(ask)} />
      ))}
      <button type="submit" className="btn pri" disabled={!isWhole}>
        Begin
      </button>
    </form>
  );
}

function Field(props: {
  readonly ask: Ask;
  readonly value: string;
  readonly namespaces: readonly string[];
  readonly onChange: (text: string) => void;
}) {
  const { ask, value, onChange } = props;
  const label = useId();
  switch (ask) {
    case "namespace":
      return <SelectField label="Namespace" value={value} options={props.namespaces} onChange={onChange} />;
    case "port":
      return (
        <TextField
          label="TCP port"
          mono
          placeholder="any"
          value={value}
          onChange={(text) => onChange(text.replaceAll(/\D/g, ""))}
        />
      );
    case "source":
    case "destination": {
      const word = ask === "source" ? "From" : "To";
      return (
        <div className="fld">
          <span className="lab" id={label}>
            {word}
          </span>
          <EndpointCombo label={word} placeholder="name or address" value={value} onChange={onChange} />
        </div>
      );
    }
  }
}
