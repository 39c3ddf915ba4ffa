/** A browser does not carry the RE2 engine (45 KB): the server judges when the object is sent. */
export function isRegexp(_source: string): boolean {
  return true;
}
