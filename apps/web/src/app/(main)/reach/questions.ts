/** As the fields say it; the port as digits, or empty. */
export interface ReachQuestion {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: string;
}

/** As others have it who ask. */
type Asked = Omit<ReachQuestion, "port"> & { readonly port?: string | number | undefined };

const KEY = "percale.reach";
const KEPT = 8;

/** The page's address that asks it. */
export function hrefOf({ source, destination, protocol, port = "" }: Asked): string {
  const ports = port === "" ? {} : { port: String(port) };
  const query = new URLSearchParams({ src: source, dst: destination, proto: protocol, ...ports });
  return `/reach?${query.toString().replaceAll("%2F", "/").replaceAll("%3A", ":")}`;
}

/** The newest first, each once. */
export function withQuestion(list: readonly ReachQuestion[], question: ReachQuestion): readonly ReachQuestion[] {
  const href = hrefOf(question);
  return [question, ...list.filter((each) => hrefOf(each) !== href)].slice(0, KEPT);
}

/** What this browser was asked lately: what another version left there counts as nothing. */
export function lastQuestions(): readonly ReachQuestion[] {
  try {
    const kept: unknown = JSON.parse(globalThis.localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isQuestion).slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

/** Where a browser keeps nothing, nothing is kept. */
export function keepQuestion(question: ReachQuestion): void {
  try {
    globalThis.localStorage.setItem(KEY, JSON.stringify(withQuestion(lastQuestions(), question)));
  } catch {
    return;
  }
}

function isQuestion(kept: unknown): kept is ReachQuestion {
  if (typeof kept !== "object" || kept === null) return false;
  return (["source", "destination", "protocol", "port"] as const).every(
    (key) => typeof (kept as Partial<ReachQuestion>)[key] === "string",
  );
}
