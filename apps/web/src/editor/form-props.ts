import type { Schema } from "../words/schema.ts";
import type { Draft } from "./use-draft.ts";

/** What every form over a draft gets. */
export interface FormProps {
  readonly draft: Draft;
  readonly isNew: boolean;
  readonly schema: Schema | undefined;
  readonly errorOf: (field: string) => string | undefined;
  readonly onShowYaml: () => void;
}
