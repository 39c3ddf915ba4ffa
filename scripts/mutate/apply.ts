/** One small change of meaning in a source text, at UTF-16 offsets. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  /** Instead of what stands there. */
  readonly text: string;
}

export function applyMutant(text: string, { start, end, text: instead }: Mutant): string {
  return text.slice(0, start) + instead + text.slice(end);
}
