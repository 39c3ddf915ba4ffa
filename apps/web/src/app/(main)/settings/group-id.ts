/** Where a group stands on the page. */
export function groupId(group: { readonly of: string; readonly title: string }): string {
  return `${group.of}-${group.title}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
