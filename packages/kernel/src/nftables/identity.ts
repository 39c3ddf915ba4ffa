import { eachAttribute } from "../netlink/reader.ts";

/**
 * What a rule's expressions decide, as text: equal for the bytes that we send and for those that the kernel lists, and for no
 * two rules that differ. Order of attributes and those that are zero (which the kernel leaves out or adds as it likes) do not
 * count; what a counter has counted does not either.
 */
export function exprsIdentity(buffer: Buffer, start: number, end: number): string {
  let identity = "";
  eachAttribute(buffer, start, end, (_, from, to) => (identity += exprIdentity(buffer, from, to)));
  return identity;
}

/** Attributes as text, without those in `except`. */
export function attributesIdentity(buffer: Buffer, start: number, end: number, except: readonly number[] = []): string {
  const parts: string[] = [];
  eachAttribute(buffer, start, end, (type, from, to) => {
    if (!except.includes(type) && !isZero(buffer, from, to))
      parts.push(String.fromCharCode(type, to - from) + buffer.toString("latin1", from, to));
  });
  return parts.sort().join("");
}

function exprIdentity(buffer: Buffer, start: number, end: number): string {
  let [name, data] = ["", ""];
  eachAttribute(buffer, start, end, (type, from, to) => {
    if (type === 1) name = buffer.toString("latin1", from, to);
    else if (type === 2 && name !== COUNTER) data = attributesIdentity(buffer, from, to);
  });
  return `${name}${String.fromCharCode(data.length)}${data}`;
}

const COUNTER = "counter\0";

function isZero(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (buffer[at] !== 0) return false;
  return true;
}
