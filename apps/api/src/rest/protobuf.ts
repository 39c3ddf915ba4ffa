/** Protocol buffers' wire format, as far as a few of Kubernetes' documents need it: each part of a message turns a JSON value into its bytes. */
export type Part = (value: unknown) => Buffer;

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const NOTHING = Buffer.alloc(0);

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

const tag = (number: number, wire: number): Buffer => varint(number * 8 + wire);
const delimited = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([tag(number, LENGTH_DELIMITED), varint(bytes.length), bytes]);

export const text =
  (number: number): Part =>
  (value) =>
    delimited(number, Buffer.from(String(value)));

export const flag =
  (number: number): Part =>
  (value) =>
    value === true ? Buffer.concat([tag(number, VARINT), varint(1)]) : NOTHING;

/** Not negative. */
export const int =
  (number: number): Part =>
  (value) =>
    Buffer.concat([tag(number, VARINT), varint(value as number)]);

export const double =
  (number: number): Part =>
  (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value as number);
    return Buffer.concat([tag(number, FIXED_64), bytes]);
  };

/** A message inside a message. */
export const inside =
  (number: number, part: Part): Part =>
  (value) =>
    delimited(number, part(value));

export const each =
  (part: Part): Part =>
  (values) =>
    Buffer.concat((values as readonly unknown[]).map(part));

/** A map as protocol buffers' older tools write it: entries of name (1) and value. */
export const entries =
  (number: number, value: Part): Part =>
  (map) =>
    Buffer.concat(
      Object.entries(map as object).map(([name, item]) =>
        delimited(number, Buffer.concat([text(1)(name), value(item)])),
      ),
    );

/** An object's members by name; those that the message has no part for are left out, `x-…` go to `extension`. */
export const message =
  (partByKey: Readonly<Record<string, Part>>, extension?: Part): Part =>
  (value) =>
    Buffer.concat(
      Object.entries(value as object).map(([key, item]) => {
        if (key.startsWith("x-")) return extension === undefined ? NOTHING : extension({ [key]: item });
        return Object.hasOwn(partByKey, key) ? partByKey[key]!(item) : NOTHING;
      }),
    );
