/**
 * Which fields of valid JSON are said twice, in words: only the last counts, which whoever wrote it may not know. YAML with a key twice is
 * refused as it is read. As cheap as can be where there is none: a member of an object has one colon, and one key in the `value`.
 */
export function duplicateFields(text: string, value: unknown): string[] {
  return !/^\s*[{[]/.test(text) || colonsOf(text) === keysOf(value) ? [] : duplicatesIn(text);
}

function keysOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += keysOf(item);
  else
    for (const key in value) {
      count++;
      count += keysOf(value[key as keyof typeof value]);
    }
  return count;
}

const [QUOTE, BACKSLASH, COLON] = ['"', "\\", ":"].map((character) => character.charCodeAt(0));

/** Outside of strings. */
function colonsOf(json: string): number {
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === COLON) count++;
    else if (code === QUOTE) at = endOfString(json, at);
  }
  return count;
}

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end; // the text is valid JSON: every string ends
  }
}

/** As many are told: a body may hold a hundred thousand, each with a path of a megabyte. */
const MAX_TOLD = 100;

/** Reads the text again, with an eye on where it is. */
function duplicatesIn(json: string): string[] {
  const found = new Set<string>();
  const open: (Map<string, number> | number)[] = []; // how often an object has each key, or the index in a list
  const path: string[] = [];
  for (let at = 0; at < json.length; at++) {
    const inside = open.at(-1);
    switch (json.charAt(at)) {
      case "{":
      case "[":
        open.push(json[at] === "{" ? new Map() : 0);
        path.push(json[at] === "{" ? "" : "[0]");
        break;
      case "}":
      case "]":
        open.pop();
        path.pop();
        break;
      case ",":
        if (typeof inside !== "number") break;
        open[open.length - 1] = inside + 1;
        path[path.length - 1] = `[${inside + 1}]`;
        break;
      case '"': {
        const end = endOfString(json, at);
        if (typeof inside === "object" && /^\s*:/.test(json.slice(end + 1, end + 64))) {
          const key = JSON.parse(json.slice(at, end + 1)) as string;
          path[path.length - 1] = `.${key}`;
          const times = (inside.get(key) ?? 0) + 1;
          inside.set(key, times);
          if (times === 2) found.add(`duplicate field ${JSON.stringify(path.join("").replace(/^\./, ""))}`);
          if (found.size === MAX_TOLD) return [...found];
        }
        at = end;
        break;
      }
      default:
    }
  }
  return [...found];
}
