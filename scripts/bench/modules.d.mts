export interface BenchModule {
  readonly name: string;
  readonly file: string;
  readonly run: string;
  readonly needs?: readonly { readonly program: string }[];
  readonly web?: boolean;
}
export const MODULES: readonly BenchModule[];
export function chooseModules(words: readonly string[]): readonly BenchModule[];
