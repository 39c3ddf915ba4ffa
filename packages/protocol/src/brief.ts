/** Characters of one text in others' words: what a kernel, BIRD or a peer said goes into statuses, pages and log lines. */
export const MAX_WORDS = 2_048;

/** The text, or its beginning with an ellipsis; never half a character, which no database keeps. */
export function brief(text: string): string {
  if (text.length <= MAX_WORDS) return text;
  const kept = text.slice(0, MAX_WORDS - 1);
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}
