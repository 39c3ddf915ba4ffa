import type { BindingView, TokenView } from "@percale/api";

const DAY_MS = 86_400_000;
/** From here on the end of a token is worth a look; a session always ends soon. */
const SOON_MS = 7 * DAY_MS;

export interface EndWords {
  readonly text: string;
  readonly tone: "muted" | "warn" | "plain";
}

/** When a token ends, seen from now. */
export function endWords(
  { expiresAt, revokedAt, isSession }: Pick<TokenView, "expiresAt" | "revokedAt" | "isSession">,
  nowMs: number,
): EndWords {
  if (revokedAt !== undefined) return { text: "revoked", tone: "muted" };
  if (expiresAt === undefined) return { text: "never", tone: "plain" };
  const leftMs = Date.parse(expiresAt) - nowMs;
  if (leftMs <= 0) return { text: "ended", tone: "muted" };
  const days = Math.floor(leftMs / DAY_MS);
  const hours = Math.floor(leftMs / 3_600_000);
  const text =
    days > 0 ? `in ${days} d` : hours > 0 ? `in ${hours} h` : `in ${Math.max(1, Math.floor(leftMs / 60_000))} min`;
  return { text, tone: leftMs < SOON_MS && !isSession ? "warn" : "plain" };
}

/** Those that still open something first, this browser's on top, then the newest. */
export function tokenRows(tokens: readonly TokenView[], nowMs: number): readonly TokenView[] {
  const rank = (token: TokenView): number => (token.isThis ? 0 : isOver(token, nowMs) ? 2 : 1);
  return tokens.toSorted((a, b) => rank(a) - rank(b) || b.createdAt.localeCompare(a.createdAt));
}

export function isOver({ expiresAt, revokedAt }: Pick<TokenView, "expiresAt" | "revokedAt">, nowMs: number): boolean {
  return revokedAt !== undefined || (expiresAt !== undefined && Date.parse(expiresAt) <= nowMs);
}

/** What stands over the page: who holds the keys, and what ends soon. */
export function verdictOf(tokens: readonly TokenView[], adminGroup: string | undefined, nowMs: number): string {
  const live = tokens.filter((token) => !isOver(token, nowMs));
  const admins = live.filter(({ groups }) => adminGroup !== undefined && groups.includes(adminGroup)).length;
  const soon = live.filter((token) => endWords(token, nowMs).tone === "warn").length;
  const held = `${admins} of ${live.length} ${live.length === 1 ? "token or session" : "tokens and sessions"} may do everything`;
  return soon === 0 ? held : `${held}; ${soon} ${soon === 1 ? "token ends" : "tokens end"} within a week`;
}

/** How long a new token may live. */
export const LIVES: readonly { readonly seconds: number | undefined; readonly title: string }[] = [
  { seconds: 86_400, title: "a day" },
  { seconds: 7 * 86_400, title: "a week" },
  { seconds: 90 * 86_400, title: "90 days" },
  { seconds: 365 * 86_400, title: "a year" },
  { seconds: undefined, title: "until it is revoked" },
];

/** What people made first, then what the server did; by who has it. */
export function bindingRows(bindings: readonly BindingView[]): readonly BindingView[] {
  const rank = ({ isBuiltIn, subjects }: BindingView): number => (isBuiltIn ? 2 : subjects.length === 0 ? 1 : 0);
  const who = ({ subjects, ref }: BindingView): string => `${subjects[0] ?? ""} ${ref.name}`;
  return bindings.toSorted((a, b) => rank(a) - rank(b) || who(a).localeCompare(who(b)));
}

/** What the form asks; what is empty is not asked. */
export function mayQuestion(form: FormData) {
  const text = (field: string): string => {
    const value = form.get(field);
    return typeof value === "string" ? value.trim() : "";
  };
  const [namespace, tier] = [text("namespace"), text("tier")];
  const groups = text("groups")
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "");
  return {
    user: text("user"),
    verb: text("verb"),
    resource: text("resource"),
    ...(groups.length > 0 && { groups }),
    ...(namespace !== "" && { namespace }),
    ...(tier !== "" && { tier }),
  };
}
