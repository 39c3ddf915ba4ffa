const KEPT_BYTES = 1024 * 1024;

/**
 * Builds netlink messages in one growing buffer without allocating per attribute. Everything in netlink is aligned to four
 * bytes, so most of it is whole-word stores. Host order is little-endian (x64, arm64).
 */
export class MessageWriter {
  bytes: Uint8Array;
  /** Bytes used. */
  length = 0;
  #words: Uint32Array;
  #message = 0;

  constructor(capacity = 64 * 1024) {
    this.#words = new Uint32Array(capacity >>> 2);
    this.bytes = new Uint8Array(this.#words.buffer);
  }

  /** Starts over; gives back what an unusually large batch took. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length <= KEPT_BYTES) return;
    this.#words = new Uint32Array(KEPT_BYTES >>> 2);
    this.bytes = new Uint8Array(this.#words.buffer);
  }

  begin(type: number, flags: number, seq: number): void {
    this.#reserve(16);
    this.#message = this.length;
    const w = this.length >>> 2;
    this.#words[w + 1] = type | (flags << 16);
    this.#words[w + 2] = seq;
    this.#words[w + 3] = 0;
    this.length += 16;
  }

  end(): void {
    this.#words[this.#message >>> 2] = this.length - this.#message;
  }

  /** Bytes of the message being written. */
  get messageBytes(): number {
    return this.length - this.#message;
  }

  /** A raw word in host order, as in the fixed header of a message. */
  word(value: number): void {
    this.#reserve(4);
    this.#words[this.length >>> 2] = value;
    this.length += 4;
  }

  five(a: number, b: number, c: number, d: number, e: number): void {
    this.#reserve(20);
    const w = this.length >>> 2;
    const words = this.#words;
    words[w] = a;
    words[w + 1] = b;
    words[w + 2] = c;
    words[w + 3] = d;
    words[w + 4] = e;
    this.length += 20;
  }

  /** A raw word in network order. */
  wordBe(value: number): void {
    this.word(swap32(value));
  }

  u8(type: number, value: number): void {
    this.#header(type, 5);
    this.word(value & 0xff);
  }

  /** Host order, as rtnetlink has it. */
  u16(type: number, value: number): void {
    this.#header(type, 6);
    this.word(value & 0xffff);
  }

  u32(type: number, value: number): void {
    this.#header(type, 8);
    this.word(value);
  }

  /** Network order, as nfnetlink has it. */
  u32be(type: number, value: number): void {
    this.#header(type, 8);
    this.word(swap32(value));
  }

  u64be(type: number, value: bigint): void {
    this.#header(type, 12);
    this.word(swap32(Number(value >> 32n)));
    this.word(swap32(Number(value & 0xffff_ffffn)));
  }

  /** With its NUL. */
  string(type: number, text: string): void {
    const start = this.length;
    this.#reserve(4 + text.length * 3 + 4);
    this.length += 4;
    this.#chars(text);
    this.bytes[this.length++] = 0;
    this.#words[start >>> 2] = (this.length - start) | (type << 16);
    while ((this.length & 3) !== 0) this.bytes[this.length++] = 0;
  }

  raw(type: number, data: Uint8Array): void {
    this.#header(type, 4 + data.length);
    this.copy(data);
  }

  /** A NUL-terminated ASCII text behind the two bytes of a user-data TLV. */
  userdataText(type: number, tag: number, text: string): void {
    const { length } = text;
    this.#header(type, 4 + length + 3);
    this.#reserve(length + 8);
    const { bytes } = this;
    bytes[this.length++] = tag;
    bytes[this.length++] = length + 1;
    for (let i = 0; i < length; i++) bytes[this.length++] = text.charCodeAt(i) & 0x7f;
    do bytes[this.length++] = 0;
    while ((this.length & 3) !== 0);
  }

  /** The header alone; the caller appends `byteLength` bytes as words. */
  rawHeader(type: number, byteLength: number): void {
    this.#header(type, 4 + byteLength);
  }

  /** Bytes as they are, padded with zeros to a word. */
  copy(data: Uint8Array): void {
    this.#reserve(data.length + 4);
    this.bytes.set(data, this.length);
    this.length += data.length;
    while ((this.length & 3) !== 0) this.bytes[this.length++] = 0;
  }

  /** Opens a nested attribute; give the result to `close`. */
  open(type: number): number {
    this.#header(type | 0x8000, 0);
    return this.length - 4;
  }

  /** As `open`, without the flag that marks a nest: so the kernel lists what is inside of nftables' expressions. */
  openPlain(type: number): number {
    this.#header(type, 0);
    return this.length - 4;
  }

  close(start: number): void {
    const w = start >>> 2;
    this.#words[w] = (this.#words[w]! & 0xffff_0000) | (this.length - start);
  }

  /** Two 32-bit hashes of the bytes from `start` (aligned) to the end. */
  hashFrom(start: number): readonly [number, number] {
    let a = 0x9e3779b9 ^ (this.length - start);
    let b = 0x85ebca6b;
    const end = this.length >>> 2;
    for (let w = start >>> 2; w < end; w++) {
      const word = this.#words[w]!;
      a = Math.imul(a ^ word, 0x2c1b3c6d);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x297a2d39) + a;
      b ^= b >>> 13;
    }
    return [a >>> 0, Math.imul(b ^ (b >>> 16), 0x7feb352d) >>> 0];
  }

  #header(type: number, length: number): void {
    this.#reserve(4);
    this.#words[this.length >>> 2] = length | (type << 16);
    this.length += 4;
  }

  #chars(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 128) this.bytes[this.length++] = code;
      else {
        const { written } = new TextEncoder().encodeInto(text.slice(i), this.bytes.subarray(this.length));
        this.length += written;
        return;
      }
    }
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    // What is not written to costs nothing: the system gives memory page by page as it is touched.
    let capacity = this.bytes.length * 4;
    while (capacity < this.length + more) capacity *= 4;
    const words = new Uint32Array(capacity >>> 2);
    words.set(this.#words);
    this.#words = words;
    this.bytes = new Uint8Array(words.buffer);
  }
}

export function swap32(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff)) >>> 0;
}
