import { RE2JS } from "re2js";

/** True if Go's regexp would compile it: `(?i)eth` and `(?P<n>en)` are fine, look-around and back-references are not. */
export function isRegexp(source: string): boolean {
  try {
    return RE2JS.compile(source) instanceof RE2JS;
  } catch {
    return false;
  }
}
