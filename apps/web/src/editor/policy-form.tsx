"use client";
import { DEFAULT_TIER, definitionOf, Tier } from "@percale/resources/catalog";
import { useMemo } from "react";
import { useObjects } from "../live/objects.ts";
import { directionsOf, type PolicySpec, type RuleSpec } from "../policy/spec.ts";
import { CheckField, SelectField, TextField } from "./fields.tsx";
import type { FormProps } from "./form-props.ts";
import { RuleList } from "./rule-list.tsx";
import { titleAt } from "../words/schema.ts";
import { SelectorField } from "./selector-field.tsx";

const KNOWN = new Set(["tier", "order", "selector", "namespaceSelector", "types", "ingress", "egress"]);

/** Both policy kinds: where in the order, what it applies to, and its rules as sentences. */
export function PolicyForm({ draft, isNew, schema, errorOf, onShowYaml }: FormProps) {
  const tiers = useObjects(Tier);
  const value = draft.value as {
    kind?: string;
    metadata?: { name?: string; namespace?: string; annotations?: object; labels?: object };
    spec?: PolicySpec;
  };
  const spec = value.spec ?? {};
  const namespaced = definitionOf(value.kind ?? "")?.namespaced === true;
  const namespace = namespaced ? (value.metadata?.namespace ?? "default") : undefined;
  const tierNames = useMemo(() => {
    const names = tiers.items
      .toSorted((a, b) => (a.spec.order ?? Infinity) - (b.spec.order ?? Infinity))
      .map((tier) => tier.metadata.name);
    const current = spec.tier ?? DEFAULT_TIER;
    return names.includes(current) ? names : [...names, current];
  }, [tiers.items, spec.tier]);
  const tier = spec.tier ?? DEFAULT_TIER;
  const endOfTier = tiers.items.find((each) => each.metadata.name === tier)?.spec.defaultAction ?? "Deny";
  const directions = directionsOf(spec);
  const setDirection = (which: "ingress" | "egress", on: boolean) => {
    const next = { ...directions, [which]: on };
    draft.edit(["spec", "types"], [...(next.ingress ? ["Ingress"] : []), ...(next.egress ? ["Egress"] : [])]);
  };
  const setRules = (direction: "ingress" | "egress") => (rules: readonly RuleSpec[]) =>
    draft.edit(["spec", direction], rules.length === 0 ? undefined : rules);
  const text = (field: string) => (input: string) => draft.edit(["spec", field], input === "" ? undefined : input);
  const onlyInYaml = [
    ...Object.keys(spec)
      .filter((key) => !KNOWN.has(key))
      .map((key) => `spec.${key}`),
    ...(["labels", "annotations"] as const)
      .filter((key) => value.metadata?.[key] !== undefined)
      .map((key) => `metadata.${key}`),
  ];
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
          {namespaced && (
            <TextField
              label="Namespace"
              field="metadata.namespace"
              mono
              value={value.metadata?.namespace ?? ""}
              error={errorOf("metadata.namespace")}
              onChange={(name) => draft.edit(["metadata", "namespace"], name)}
            />
          )}
        </div>
      )}
      <div className="grid2 fld">
        <SelectField
          label={titleAt(schema, "spec.tier")}
          field="spec.tier"
          value={tier}
          options={tierNames}
          error={errorOf("spec.tier")}
          onChange={(name) => draft.edit(["spec", "tier"], name)}
        />
        <TextField
          label={titleAt(schema, "spec.order")}
          field="spec.order"
          mono
          value={spec.order === undefined ? "" : String(spec.order)}
          placeholder="last"
          error={errorOf("spec.order")}
          onChange={(order) =>
            draft.edit(
              ["spec", "order"],
              order.trim() === "" ? undefined : Number.isNaN(Number(order)) ? order : Number(order),
            )
          }
        />
      </div>
      <SelectorField
        label={titleAt(schema, "spec.selector")}
        field="spec.selector"
        value={spec.selector ?? ""}
        placeholder="all()"
        error={errorOf("spec.selector")}
        scope={{
          of: "policy",
          namespace,
          namespaceSelector: spec.namespaceSelector,
          serviceAccountSelector: spec.serviceAccountSelector,
        }}
        onChange={text("selector")}
      />
      {!namespaced && (
        <SelectorField
          label={titleAt(schema, "spec.namespaceSelector")}
          field="spec.namespaceSelector"
          value={spec.namespaceSelector ?? ""}
          placeholder="all, and hosts"
          error={errorOf("spec.namespaceSelector")}
          onChange={text("namespaceSelector")}
        />
      )}
      <div className="fld" role="group" aria-label={titleAt(schema, "spec.types")}>
        <div className="lab">
          {titleAt(schema, "spec.types")} <span className="field-name">spec.types</span>
        </div>
        <div className="rowb gap16">
          <CheckField label="Ingress" checked={directions.ingress} onChange={(on) => setDirection("ingress", on)} />
          <CheckField label="Egress" checked={directions.egress} onChange={(on) => setDirection("egress", on)} />
        </div>
      </div>
      {directions.ingress && (
        <RuleList
          direction="ingress"
          rules={spec.ingress ?? []}
          namespace={namespace}
          endOfTier={endOfTier}
          onChange={setRules("ingress")}
        />
      )}
      {directions.egress && (
        <RuleList
          direction="egress"
          rules={spec.egress ?? []}
          namespace={namespace}
          endOfTier={endOfTier}
          onChange={setRules("egress")}
        />
      )}
      {onlyInYaml.length > 0 && (
        <p className="fld muted">
          Only in YAML: <span className="mono">{onlyInYaml.join(", ")}</span>{" "}
          <button type="button" className="link" onClick={onShowYaml}>
            Show
          </button>
        </p>
      )}
    </div>
  );
}
