/** Pieces of a selector for colouring, in order and without gaps. Broken text is coloured as far as it goes. */
export interface SelectorToken {
  readonly t: "key" | "text" | "word" | "op" | "space";
  readonly text: string;
}

const TOKEN =
  /(?<space>\s+)|(?<text>"[^"]*"?|'[^']*'?)|(?<word>\b(?:in|not in|contains|starts with|ends with|all|global|has)\b)|(?<key>[A-Za-z0-9_./-]+)|(?<op>.)/g;

export function selectorTokens(text: string): readonly SelectorToken[] {
  return [...text.matchAll(TOKEN)].map((match) => {
    const kind =
      (["space", "text", "word", "key", "op"] as const).find((name) => match.groups?.[name] !== undefined) ?? "op";
    return { t: kind, text: match[0] };
  });
}
