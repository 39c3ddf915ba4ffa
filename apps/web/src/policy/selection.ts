import type { KubeObject } from "@percale/resources";
import { type Labels, matches, parseSelector, prefixLabels, type Selector } from "@percale/selector";
import type { Endpoint } from "./endpoint.ts";
import type { PolicyObject } from "./spec.ts";

/** An endpoint with the labels it is selected by: its own first, then those its profiles hand down. */
export interface Selectable {
  readonly endpoint: Endpoint;
  readonly labels: Labels;
}

type ProfileObject = KubeObject<{ readonly labelsToApply?: Readonly<Record<string, string>> }>;

/** Prefix under which profiles carry the labels of a namespace. */
const NAMESPACE_PREFIX = "pcns.";
const SERVICE_ACCOUNT_PREFIX = "pcsa.";

export function selectables(endpoints: readonly Endpoint[], profiles: readonly ProfileObject[]): readonly Selectable[] {
  const byName = new Map(profiles.map((profile) => [profile.metadata.name, profile.spec.labelsToApply ?? {}]));
  return endpoints.map((endpoint) => {
    const labels = new Map<string, string>();
    for (const name of endpoint.object.spec.profiles ?? []) {
      for (const [key, value] of Object.entries(byName.get(name) ?? {})) labels.set(key, value);
    }
    labels.set(`${NAMESPACE_PREFIX}projectcalico.org/name`, endpoint.namespace);
    labels.set("projectcalico.org/namespace", endpoint.namespace);
    for (const [key, value] of Object.entries(endpoint.labels)) labels.set(key, value);
    return { endpoint, labels };
  });
}

export interface Scope {
  /** Only this namespace; absent for all. */
  readonly namespace?: string | undefined;
  readonly namespaceSelector?: string | undefined;
  readonly serviceAccountSelector?: string | undefined;
}

/** Throws SelectorError for a text that is no selector. An empty one is `all()`. */
export function selectIn(all: readonly Selectable[], selector: string, scope: Scope): readonly Endpoint[] {
  const own = parseSelector(selector);
  const terms: Selector[] = [own];
  const { namespace, namespaceSelector, serviceAccountSelector } = scope;
  if (filled(namespaceSelector)) terms.push(prefixLabels(parseSelector(namespaceSelector), NAMESPACE_PREFIX));
  if (filled(serviceAccountSelector))
    terms.push(prefixLabels(parseSelector(serviceAccountSelector), SERVICE_ACCOUNT_PREFIX));
  const found: Endpoint[] = [];
  for (const { endpoint, labels } of all) {
    if (namespace !== undefined && endpoint.namespace !== namespace) continue;
    if (terms.every((term) => matches(term, labels))) found.push(endpoint);
  }
  return found;
}

export function scopeOf({ kind, metadata, spec }: PolicyObject): Scope {
  const { serviceAccountSelector } = spec;
  return kind === "NetworkPolicy"
    ? { namespace: metadata.namespace, serviceAccountSelector }
    : { namespaceSelector: spec.namespaceSelector, serviceAccountSelector };
}

/** Endpoints a policy applies to; none if its selector does not parse. */
export function selectedBy(all: readonly Selectable[], policy: PolicyObject): readonly Endpoint[] {
  try {
    return selectIn(all, policy.spec.selector ?? "", scopeOf(policy));
  } catch {
    return [];
  }
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}
