/** Whether the JSON of a value has more than so many characters, about. */
export function isLongerThan(value: unknown, characters: number): boolean {
  return charactersLeft(value, characters) < 0;
}

/** Of so many characters those that the JSON of a value leaves, about. Does not write it, and looks at no more of it than that. */
export function charactersLeft(value: unknown, characters: number): number {
  if (typeof value === "string") return characters - value.length - 2;
  if (typeof value !== "object" || value === null) return characters - 4;
  let rest = characters - 2;
  if (Array.isArray(value))
    for (const item of value) {
      if (rest < 0) break;
      rest = charactersLeft(item, rest - 1);
    }
  else
    for (const key in value) {
      if (rest < 0) break;
      rest = charactersLeft(value[key as keyof typeof value], rest - key.length - 4);
    }
  return rest;
}

/** Fields of a value at every depth, and items of its lists that have fields themselves. */
export function fieldsOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let fields = 0;
  if (Array.isArray(value)) for (const item of value) fields += typeof item === "object" ? 1 + fieldsOf(item) : 0;
  else for (const key in value) fields += 1 + fieldsOf(value[key as keyof typeof value]);
  return fields;
}
