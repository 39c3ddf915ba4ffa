import { badRequest } from "@percale/resources";

/** One requirement of a selector: `values` holds one unless `op` takes a set, and none for `exists`. */
export interface SelectorTerm {
  readonly key: string;
  readonly op: "exists" | "absent" | "=" | "!=" | "in" | "notin";
  readonly values: readonly string[];
}

const KEY = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?(?:\/[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/;

/**
 * The terms of `labelSelector`: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. Read a step at a time, in time that grows with the text alone:
 * one expression for a whole term, tried at each of sixty thousand spaces, would hold everybody up. Throws StatusError 400.
 */
export function labelTerms(text: string): SelectorTerm[] {
  return splitTerms(text).map((term) => {
    const parsed = labelTerm(term);
    if (parsed !== undefined) return parsed;
    throw badRequest(
      `labelSelector: unable to parse requirement ${JSON.stringify(term)}: use key=value, key!=value, key in (a,b), key notin (a,b), key or !key`,
    );
  });
}

function labelTerm(term: string): SelectorTerm | undefined {
  if (term.startsWith("!")) {
    const key = term.slice(1).trimStart();
    return KEY.test(key) ? { key, op: "absent", values: [] } : undefined;
  }
  const key = /^[A-Za-z0-9_./-]*/.exec(term)![0]; // it matches anything
  if (!KEY.test(key)) return undefined;
  const rest = term.slice(key.length).trimStart();
  if (rest === "") return { key, op: "exists", values: [] };
  const sign = /^(?:==|=|!=|(?:in|notin)\b)/.exec(rest)?.[0];
  if (sign === undefined) return undefined;
  const operand = rest.slice(sign.length).trimStart();
  if (sign === "in" || sign === "notin") {
    const set = /^\(([^()]*)\)$/.exec(operand)?.[1];
    return set === undefined ? undefined : { key, op: sign, values: set.split(",").map((one) => one.trim()) };
  }
  if (/[,()]/.test(operand)) return undefined;
  return { key, op: sign === "!=" ? "!=" : "=", values: [operand] };
}

/** The terms of `fieldSelector`: `a.b=c,d!=e`. Throws StatusError 400. */
export function fieldTerms(text: string): SelectorTerm[] {
  return splitTerms(text).map((term) => {
    const [start, key, sign] = /^([^!=\s]+)\s*(==|=|!=)/.exec(term) ?? [];
    if (start === undefined || key === undefined)
      throw badRequest(`fieldSelector: unable to parse ${JSON.stringify(term)}: use field=value or field!=value`);
    return { key, op: sign === "!=" ? "!=" : "=", values: [term.slice(start.length).trimStart()] };
  });
}

/** What stands between commas outside parentheses. */
function splitTerms(text: string): string[] {
  if (text.trim() === "") return [];
  const terms: string[] = [];
  let start = 0;
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "(") isInside = true;
    else if (character === ")") isInside = false;
    else if (character === "," && !isInside) {
      terms.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...terms, text.slice(start).trim()];
}
