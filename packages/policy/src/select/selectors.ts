/** Effective selectors: which endpoints a policy applies to, which peers a rule matches. On trees, so a value that spells `all()` stays. */
import { parseSelector, prefixLabels, substitute } from "@percale/selector";
import type { Selector } from "@percale/selector";
import { NAMESPACE_LABEL, SERVICE_ACCOUNT_LABEL } from "@percale/resources";
import type { EntityRule } from "@percale/resources";

const NAMESPACED: Selector = { op: "has", key: NAMESPACE_LABEL };
const WITH_ACCOUNT: Selector = { op: "has", key: SERVICE_ACCOUNT_LABEL };

export interface PolicySubject {
  readonly selector?: string | undefined;
  readonly namespaceSelector?: string | undefined;
  readonly serviceAccountSelector?: string | undefined;
}

/** Throws SelectorError. */
export function subjectSelector(spec: PolicySubject, namespace: string | undefined): Selector {
  const own = given(spec.selector);
  const accounts = prefixed(spec.serviceAccountSelector, "pcsa.");
  if (namespace !== undefined) return and(and(own, inNamespace(namespace)), accounts) ?? { op: "all" };
  const namespaces = prefixed(spec.namespaceSelector, "pcns.");
  let subject = and(own, namespaces);
  if (namespaces !== undefined && subject !== undefined) subject = substitute(subject, { all: NAMESPACED });
  subject = and(subject, accounts);
  if (accounts !== undefined && subject !== undefined) subject = substitute(subject, { all: WITH_ACCOUNT });
  return subject ?? { op: "all" };
}

/** What a side of a rule demands of its address: to be in `positive`, or (negative only) not to be in `negative`. */
export interface PeerSelectors {
  readonly positive: Selector | undefined;
  readonly negative: Selector | undefined;
}

/** Throws SelectorError. */
export function peerSelectors(side: EntityRule, namespace: string | undefined): PeerSelectors {
  const accounts = and(prefixed(side.serviceAccounts?.selector, "pcsa."), named(side.serviceAccounts?.names));
  const endpoints = and(accounts, given(side.selector));
  const negative = given(side.notSelector);
  const namespaces = given(side.namespaceSelector);
  const scope =
    namespaces === undefined
      ? namespace === undefined
        ? undefined
        : inNamespace(namespace)
      : substitute(prefixLabels(namespaces, "pcns."), { all: NAMESPACED, global: { op: "not", arg: NAMESPACED } });
  const isScoped = endpoints !== undefined || negative !== undefined || namespaces !== undefined;
  const positive = isScoped ? and(scope, endpoints) : endpoints;
  if (positive !== undefined && negative !== undefined)
    return { positive: { op: "and", args: [positive, { op: "not", arg: negative }] }, negative: undefined };
  return { positive, negative };
}

function and(a: Selector | undefined, b: Selector | undefined): Selector | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { op: "and", args: [a, b] };
}

function inNamespace(namespace: string): Selector {
  return { op: "==", key: NAMESPACE_LABEL, value: namespace };
}

function given(text: string | undefined): Selector | undefined {
  return text === undefined || text.trim() === "" ? undefined : parseSelector(text);
}

function prefixed(text: string | undefined, prefix: string): Selector | undefined {
  const selector = given(text);
  return selector === undefined ? undefined : prefixLabels(selector, prefix);
}

function named(names: readonly string[] | undefined): Selector | undefined {
  if (names === undefined || names.length === 0) return undefined;
  return { op: "in", key: SERVICE_ACCOUNT_LABEL, values: new Set([...names].sort()) };
}
