import type { Access } from "./client.ts";
import { call } from "./client.ts";

/** Of a question in an address; a longer one is posted. */
const MAX_CHARACTERS = 4_000;

/** One tRPC query, as plain HTTP: `GET /trpc/<procedure>?input=…`. */
export async function query(access: Access, procedure: string, input?: unknown): Promise<unknown> {
  const search = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  if (search.length > MAX_CHARACTERS) return mutate(access, procedure, input);
  return unwrap(await call(access, "GET", `/trpc/${procedure}${search}`));
}

export async function mutate(access: Access, procedure: string, input?: unknown): Promise<unknown> {
  return unwrap(await call(access, "POST", `/trpc/${procedure}`, { body: input ?? {} }));
}

function unwrap(body: unknown): unknown {
  const { result } = body as { readonly result?: { readonly data?: unknown } };
  return result?.data;
}
