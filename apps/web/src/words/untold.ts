/** Not told yet, or asked for in vain. */
export type Untold = "waiting" | "unknown";

export function isUntold(value: unknown): value is Untold {
  return value === "waiting" || value === "unknown";
}

/** What a query told; old answers count. */
export function toldBy<T>({ data, error }: { readonly data: T; readonly error: unknown }): NonNullable<T> | Untold {
  return data ?? (error === null ? "waiting" : "unknown");
}
