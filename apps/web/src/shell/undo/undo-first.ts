/** What a page holds and nobody applied yet comes first: the key of undo never reaches past a draft to what is stored. */
type TakeBack = () => void;

let drafts: readonly TakeBack[] = [];

/** The newest draft hears the key, until the returned is called. */
export function undoFirst(takeBack: TakeBack): () => void {
  const own = () => takeBack(); // the same function may be given twice
  drafts = [...drafts, own];
  return () => {
    drafts = drafts.filter((each) => each !== own);
  };
}

/** False: there is no draft. */
export function undoDraft(): boolean {
  const newest = drafts.at(-1);
  newest?.();
  return newest !== undefined;
}
