/**
 * Effective selectors as Calico's tools show them: what was written stays as it was written, in parentheses, beside what its place adds.
 * `selectors.ts` is what decides; a law holds the two to one meaning. Source: projectcalico/calico `libcalico-go/lib/backend/syncersv1/updateprocessors`.
 */
import { formatSelector, parseSelector, prefixLabels } from "@percale/selector";
import { NAMESPACE_LABEL, SERVICE_ACCOUNT_LABEL } from "@percale/resources";
import type { EntityRule } from "@percale/resources";
import type { PolicySubject } from "./selectors.ts";

const NAMESPACED = `has(${NAMESPACE_LABEL})`;
const WITH_ACCOUNT = `has(${SERVICE_ACCOUNT_LABEL})`;

/** Of whom a policy applies to. Throws SelectorError. */
export function subjectText(spec: PolicySubject, namespace: string | undefined): string {
  const own = given(spec.selector);
  const accounts = prefixed(spec.serviceAccountSelector, "pcsa.");
  if (namespace !== undefined) {
    const here = inNamespace(namespace);
    return and(own === undefined ? here : `(${own}) && ${here}`, accounts) ?? "all()";
  }
  const namespaces = prefixed(spec.namespaceSelector, "pcns.");
  let text = and(own, namespaces);
  if (namespaces !== undefined && text !== undefined) text = replaced(text, { all: NAMESPACED });
  text = and(text, accounts);
  if (accounts !== undefined && text !== undefined) text = replaced(text, { all: WITH_ACCOUNT });
  return text ?? "all()";
}

/** Of one side of a rule; `isNot`: it is about whoever is not selected. Undefined where it selects nobody by labels. Throws SelectorError. */
export function peerText(
  side: EntityRule,
  namespace: string | undefined,
): { readonly text: string; readonly isNot: boolean } | undefined {
  const accounts = bothOf(prefixed(side.serviceAccounts?.selector, "pcsa."), named(side.serviceAccounts?.names));
  const endpoints = bothOf(accounts, given(side.selector));
  const negative = given(side.notSelector);
  const namespaces = prefixed(side.namespaceSelector, "pcns.");
  const scope =
    namespaces !== undefined
      ? replaced(namespaces, { all: NAMESPACED, global: `!${NAMESPACED}` })
      : namespace === undefined
        ? undefined
        : inNamespace(namespace);
  const isScoped = endpoints !== undefined || negative !== undefined || namespaces !== undefined;
  const positive = isScoped ? bothOf(scope, endpoints) : endpoints;
  if (positive !== undefined)
    return { text: negative === undefined ? positive : `(${positive}) && (!(${negative}))`, isNot: false };
  return negative === undefined ? undefined : { text: negative, isNot: true };
}

function and(current: string | undefined, more: string | undefined): string | undefined {
  return current === undefined || more === undefined ? (current ?? more) : `(${current}) && ${more}`;
}

function bothOf(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || b === undefined ? (a ?? b) : `(${a}) && (${b})`;
}

function inNamespace(namespace: string): string {
  return `${NAMESPACE_LABEL} == '${namespace}'`;
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}

function prefixed(text: string | undefined, prefix: string): string | undefined {
  const own = given(text);
  return own === undefined ? undefined : formatSelector(prefixLabels(parseSelector(own), prefix));
}

function named(names: readonly string[] | undefined): string | undefined {
  if (names === undefined || names.length === 0) return undefined;
  return formatSelector({ op: "in", key: SERVICE_ACCOUNT_LABEL, values: new Set([...names].sort()) });
}

/** A value that spells `all()` stays. */
function replaced(text: string, by: { readonly all: string; readonly global?: string }): string {
  return text.replaceAll(/"[^"]*"|'[^']*'|\b(all|global)\(\s*\)/g, (whole, word: "all" | "global" | undefined) =>
    word === undefined ? whole : (by[word] ?? whole),
  );
}
