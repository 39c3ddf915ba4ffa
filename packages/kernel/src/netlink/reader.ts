/** Reads netlink bytes. A reader is bound to one buffer; offsets are into it. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly seq: number;
  /** Who caused it: a socket's port, or 0 for the kernel itself. */
  readonly port: number;
  /** Payload, in `buffer` from `start` to `end`. */
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Where an attribute's payload lies. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export function* messages(buffer: Buffer, length: number): Generator<Message> {
  for (let at = 0; at + 16 <= length;) {
    const size = buffer.readUInt32LE(at);
    if (size < 16 || at + size > length) return;
    yield {
      type: buffer.readUInt16LE(at + 4),
      flags: buffer.readUInt16LE(at + 6),
      seq: buffer.readUInt32LE(at + 8),
      port: buffer.readUInt32LE(at + 12),
      buffer,
      start: at + 16,
      end: at + size,
    };
    at += (size + 3) & ~3;
  }
}

/** Calls back for each attribute between the offsets; flags of the type are stripped. */
export function eachAttribute(
  buffer: Buffer,
  start: number,
  end: number,
  visit: (type: number, start: number, end: number) => void,
): void {
  for (let at = start; at + 4 <= end;) {
    const size = buffer.readUInt16LE(at);
    if (size < 4 || at + size > end) return;
    visit(buffer.readUInt16LE(at + 2) & 0x3fff, at + 4, at + size);
    at += (size + 3) & ~3;
  }
}

export function attributes(buffer: Buffer, start: number, end: number): Map<number, Span> {
  const spans = new Map<number, Span>();
  eachAttribute(buffer, start, end, (type, start, end) => spans.set(type, { start, end }));
  return spans;
}

/** Text without its NUL. */
export function text(buffer: Buffer, { start, end }: Span): string {
  while (end > start && buffer[end - 1] === 0) end--;
  return buffer.toString("utf8", start, end); // as MessageWriter.string writes it
}

export function mac(buffer: Buffer, { start, end }: Span): string {
  return (buffer.toString("hex", start, end).match(/../g) ?? []).join(":");
}
