import type { IncomingMessage } from "node:http";
import { brief } from "@percale/resources";

/** Our server's refusals are far shorter; whoever else answers may send without end. */
export const MAX_REFUSAL_BYTES = 64 * 1024;

/** The beginning of a refusal's body: of a longer one the rest is not read, and its connection ends. Throws what breaks it. */
export async function readRefusal(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let left = MAX_REFUSAL_BYTES;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Of a body that is not our server's: enough to see whose it is. */
export function briefBody(body: string): string {
  return brief(body, 200);
}
