/** A port as stored: a number, `"min:max"`, or the name of an endpoint's port. */
export type Port = number | string;

export type ParsedPort =
  | { readonly kind: "range"; readonly min: number; readonly max: number }
  | { readonly kind: "name"; readonly name: string };

const DECODABLE_NAME = /^[a-zA-Z0-9_.-]{1,128}$/;
const PORT_NAME = /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

export class PortError extends Error {
  override readonly name = "PortError";
}

/** What a stored or sent port means; a single number is a range of one. 0 is accepted here. Throws PortError. */
export function parsePort(port: Port): ParsedPort {
  const text = String(port);
  const [, low, high] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (low === undefined) {
    if (DECODABLE_NAME.test(text)) return { kind: "name", name: text };
    throw new PortError("must be a number, a range min:max or a port name");
  }
  const min = Number(low);
  const max = high === undefined ? min : Number(high);
  if (max > 65535 || min > 65535) throw new PortError("must be within 1..65535");
  if (min > max) throw new PortError("must be a range min:max with min <= max");
  return { kind: "range", min, max };
}

/** Stored form: single numbers as numbers, ranges and names as text. */
export function formatPort(port: ParsedPort): Port {
  if (port.kind === "name") return port.name;
  return port.min === port.max ? port.min : `${port.min}:${port.max}`;
}

/** What is wrong with a decoded port, if anything. */
export function portFault(port: ParsedPort): string | undefined {
  if (port.kind === "range") return port.min === 0 ? "must be within 1..65535" : undefined;
  return isPortName(port.name)
    ? undefined
    : "must be a port name: at most 15 of a-z, 0-9 and single -, with a letter, - not at an end";
}

/** A Kubernetes port name. */
export function isPortName(name: string): boolean {
  return name.length <= 15 && PORT_NAME.test(name);
}
