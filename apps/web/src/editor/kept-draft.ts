/**
 * What somebody typed and did not apply outlives the page: a session that ends in mid-edit, a reload. It is kept in the tab's own storage,
 * for the one who typed it, until the same editor opens again.
 */
import type { KubeObject } from "@percale/resources/catalog";

export interface KeptDraft {
  readonly user: string;
  /** The object as it was when editing began; absent for a new one. */
  readonly base: KubeObject | undefined;
  /** The text that it began as, where that was pasted. */
  readonly from?: string | undefined;
  readonly text: string;
}

type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Where a browser keeps nothing, nothing is kept. */
export function keepDraft(shelf: Shelf, kind: string, draft: KeptDraft): void {
  try {
    shelf.setItem(keyOf(kind, draft), JSON.stringify(draft));
  } catch {
    return;
  }
}

/** Taken once; what another person typed, or another version left there, is nobody's draft. */
export function takeDraft(
  shelf: Shelf,
  { kind, user, ...began }: { readonly kind: string } & Omit<KeptDraft, "text">,
): KeptDraft | undefined {
  try {
    const key = keyOf(kind, began);
    const kept: unknown = JSON.parse(shelf.getItem(key) ?? "null");
    shelf.removeItem(key);
    return isDraft(kept) && kept.user === user && kept.from === began.from ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** An object that was deleted and made again is another one; what somebody pastes is no draft of before. */
function keyOf(kind: string, { base, from }: Pick<KeptDraft, "base" | "from">): string {
  return `percale.draft ${kind} ${base?.metadata.uid ?? "new"}${from === undefined ? "" : " pasted"}`;
}

function isDraft(kept: unknown): kept is KeptDraft {
  if (typeof kept !== "object" || kept === null) return false;
  const { user, text } = kept as Partial<KeptDraft>;
  return typeof user === "string" && typeof text === "string";
}
