const TABS = ["form", "yaml", "impact", "diff"] as const;

export type EditorTab = (typeof TABS)[number];

/** Of the address, where anything may stand. */
export function editorTab(asked: string | null): EditorTab {
  return TABS.find((each) => each === asked) ?? "form";
}
