import type { IncomingMessage } from "node:http";
import { brief } from "@percale/resources";

/** Our server's refusals are far shorter; whoever else answers may send without end. */
export const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * The longest list that an agent asks for is that of blocks, with 300 bytes for each address in use: 165 MB where 5,000 nodes have 110
 * pods each.
 */
export const MAX_ANSWER_MB = 256;

/** Throws what breaks it, and if there are more than so many MB: the rest of those is not read, and the connection ends. */
export async function readAnswer(response: IncomingMessage, mostMB: number): Promise<string> {
  const most = mostMB * 1024 * 1024;
  const body = await beginningOf(response, most + 1);
  if (body.length > most)
    throw new Error(
      `the answer has over ${mostMB} MB, more than any of our API server: see what answers at its address`,
    );
  return body.toString("utf8");
}

/** The beginning of a refusal's body: of a longer one the rest is not read, and its connection ends. Throws what breaks it. */
export async function readRefusal(response: IncomingMessage): Promise<string> {
  return (await beginningOf(response, MAX_REFUSAL_BYTES)).toString("utf8");
}

/** Of a body that is not our server's: enough to see whose it is. */
export function briefBody(body: string): string {
  return brief(body, 200);
}

async function beginningOf(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let left = mostBytes;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks);
}
