/** What a settings page says of a field beside its title. It travels in the schema, as keywords that other readers pass over. */
export interface SettingMeta {
  /** What holds where no object says it, if the schema does not fill it in. */
  readonly default?: unknown;
  /** After a number: `bytes`. */
  readonly unit?: string;
  /** What a change of it does. Absent: nothing, no part of this version reads it. */
  readonly effect?: Effect;
}

/** `live`: takes hold where it stands, and nothing stops; the others cost something, in words. */
export type Effect = "live" | "restarts sessions" | "opens or ends sessions" | "new addresses only";

export function setting({ default: fallback, unit, effect }: SettingMeta): Readonly<Record<string, unknown>> {
  return {
    ...(fallback !== undefined && { "x-default": fallback }),
    ...(unit !== undefined && { "x-unit": unit }),
    ...(effect !== undefined && { "x-effect": effect }),
  };
}

/** Settings that stand together on the page, in this order. */
export interface SettingGroup {
  readonly title: string;
  /** Fields of the spec. */
  readonly fields: readonly string[];
}

/** Sorts fields into groups by what their names match first; what matches none goes to the last group. */
export function groupSettings(
  fields: readonly string[],
  groups: readonly (readonly [title: string, names: RegExp])[],
): readonly SettingGroup[] {
  const rest = groups.length - 1;
  const placeOf = (field: string): number => {
    const found = groups.findIndex(([, names]) => names.test(field));
    return found === -1 ? rest : found;
  };
  return groups.map(([title], place) => ({ title, fields: fields.filter((field) => placeOf(field) === place) }));
}
