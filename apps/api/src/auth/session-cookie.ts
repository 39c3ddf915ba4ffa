import type { IncomingMessage } from "node:http";

/** What keeps a browser signed in: no script may read it, and no page of another site makes a browser send it. */
export const SESSION_COOKIE = "percale_session";

type Asked = Pick<IncomingMessage, "headers">;

/** The session that a request comes with; an empty one is none. */
export function sessionOf(asked: Asked): string | undefined {
  return cookieOf(asked, SESSION_COOKIE);
}

/** An empty one is none. */
export function cookieOf({ headers }: Asked, name: string): string | undefined {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [key, value] = pair.trim().split("=");
    if (key === name && value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** A `Set-Cookie` for whoever asked so. Without a session it ends the one there is. */
export function sessionCookie(
  session: { readonly value: string; readonly maxAgeSeconds: number } | undefined,
  asked: Asked,
): string {
  const { value = "", maxAgeSeconds = 0 } = session ?? {};
  const flags = `Path=/; HttpOnly; SameSite=Strict${isPlain(asked) ? "" : "; Secure"}`;
  return `${SESSION_COOKIE}=${value}; Max-Age=${maxAgeSeconds}; ${flags}`;
}

/** Behind the dashboard's plain HTTP a browser would not send a Secure cookie back. The proxy names the host it was asked for. */
export function isPlain({ headers }: Asked): boolean {
  return headers["x-forwarded-host"] !== undefined && headers["x-forwarded-proto"] !== "https";
}
