import { NOTICE_BYTES } from "@percale/store";
import { z } from "zod";

const notice = z.object({
  server: z.string(),
  /** A dashboard is open there: whoever has agents asks them at each beat, and tells. */
  watches: z.boolean(),
  /** Milliseconds since each of its agents was heard. */
  heard: z.record(z.string(), z.number().nonnegative()),
});

/** What API servers over the same data call out to each other. */
export type Notice = z.output<typeof notice>;

/** As many notices as it takes: each has room for some hundred nodes. */
export function renderNotices({ heard, ...head }: Notice): string[] {
  const texts: string[] = [];
  let part: Record<string, number> = {};
  const bytesOf = (nodes: Record<string, number>): number =>
    Buffer.byteLength(JSON.stringify({ ...head, heard: nodes } satisfies Notice));
  let bytes = bytesOf({});
  const limit = NOTICE_BYTES;
  for (const [node, ageMs] of Object.entries(heard)) {
    const more = Buffer.byteLength(`${JSON.stringify(node)}:${ageMs},`);
    if (bytes + more > limit) {
      texts.push(JSON.stringify({ ...head, heard: part } satisfies Notice));
      [part, bytes] = [{}, bytesOf({})];
    }
    part[node] = ageMs;
    bytes += more;
  }
  return [...texts, JSON.stringify({ ...head, heard: part } satisfies Notice)];
}

/** Undefined for what another version may say. */
export function parseNotice(text: string): Notice | undefined {
  try {
    return notice.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
