/** Whether somebody means objects by a text that has several lines. */
export function isManifest(text: string): boolean {
  return text.trim().includes("\n") && /^\s*(?:-\s+)?["']?(?:apiVersion|kind)["']?\s*:/m.test(text);
}
