/** Characters of one text in others' words: what a kernel, BIRD or a peer said goes into statuses, pages and log lines. */
export const MAX_WORDS = 2_048;

/** The text, or its beginning with an ellipsis; never half a character, which no database keeps. */
export function brief(text: string, most = MAX_WORDS): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
