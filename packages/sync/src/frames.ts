import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { inTurns } from "@percale/daemon";
import { ProtocolError } from "@percale/protocol";
import type { Encoding, ServerMessage } from "@percale/protocol";
import type { ObjectRef } from "@percale/resources";

/** One message as it goes over the wire; may go to many. */
export interface Frame {
  readonly kind: ServerMessage["t"];
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** What a message may hold, compressed or not: as much as a change set and what follows from it may write. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MAX_PUT_BYTES = 256 * 1024;
const MAX_PUT_OBJECTS = 1_000;
/** Less is not worth a compression. */
const MIN_COMPRESSED_BYTES = 1024;

/** The best of those that a client reads. One that says nothing reads JSON, as the first clients did. */
export function chooseEncoding(offered: readonly string[]): Encoding {
  return offered.includes("json+zstd") ? "json+zstd" : "json";
}

export function frameOf(kind: ServerMessage["t"], text: string, encoding: Encoding): Frame {
  const data = Buffer.from(text);
  const compress = data.length < MIN_COMPRESSED_BYTES ? undefined : COMPRESSIONS[encoding];
  return compress === undefined ? { kind, data, isBinary: false } : { kind, data: compress(data), isBinary: true };
}

const COMPRESSIONS: Readonly<Record<Encoding, ((data: Buffer) => Buffer) | undefined>> = {
  json: undefined,
  "json+zstd": (data) => zstdCompressSync(data),
};

/** The JSON of a server's frame. Throws ProtocolError. */
export function textOfFrame(data: Buffer, isBinary: boolean): string {
  if (!isBinary) return data.toString("utf8");
  try {
    return zstdDecompressSync(data, { maxOutputLength: MAX_MESSAGE_BYTES }).toString("utf8");
  } catch (error) {
    throw new ProtocolError(`not compressed with zstd, or too large: ${(error as Error).message}`); // zlib throws nothing else
  }
}

/** Objects of a snapshot, given as JSON, in as many messages as their sizes ask for. */
export function* putFrames(texts: Iterable<string>, encoding: Encoding): Generator<Frame> {
  for (const part of partsOf(texts)) yield frameOf("put", `{"t":"put","objects":[${part.join(",")}]}`, encoding);
}

export interface Delta {
  readonly fromRev: number;
  readonly toRev: number;
  /** JSON of the objects. */
  readonly puts: readonly string[];
  readonly deletes: readonly ObjectRef[];
  /** More of the same transaction follows after this. */
  readonly more?: boolean;
}

/** A delta of any size, in parts that say that more follow. */
export async function deltaFrames(
  { fromRev, toRev, puts, deletes, more = false }: Delta,
  encoding: Encoding,
): Promise<Frame[]> {
  const parts = [...partsOf(puts)];
  if (parts.length === 0) parts.push([]);
  const frames: Frame[] = [];
  await inTurns(parts, (part) => {
    const isLast = frames.length === parts.length - 1;
    const gone = isLast ? JSON.stringify(deletes) : "[]";
    const goesOn = isLast && !more ? "" : ',"more":true';
    const text = `{"t":"delta","fromRev":${fromRev},"toRev":${toRev},"puts":[${part.join(",")}],"deletes":${gone}${goesOn}}`;
    frames.push(frameOf("delta", text, encoding));
  });
  return frames;
}

function* partsOf(texts: Iterable<string>): Generator<string[]> {
  let part: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    if (part.length > 0 && (bytes + text.length > MAX_PUT_BYTES || part.length === MAX_PUT_OBJECTS)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(text);
    bytes += text.length;
  }
  if (part.length > 0) yield part;
}
