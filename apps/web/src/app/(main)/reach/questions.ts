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

export const PROTOCOLS = ["TCP", "UDP", "SCTP", "ICMP"];

/** What the page's address asks, and what in it no packet can have: that is named, and left out of the question. */
export function questionOfUrl(get: (key: string) => string | null): {
  readonly question: ReachQuestion;
  readonly strange: readonly string[];
} {
  const asked = get("proto") ?? "TCP";
  const protocol = PROTOCOLS.find((each) => each === asked.toUpperCase());
  const port = get("port") ?? "";
  const isPort = port === "" || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
  return {
    question: {
      source: get("src") ?? "",
      destination: get("dst") ?? "",
      protocol: protocol ?? "TCP",
      port: isPort ? port : "",
    },
    strange: [
      ...(protocol === undefined ? [`“${asked}” is no protocol: ${PROTOCOLS.join(", ")} are.`] : []),
      ...(isPort ? [] : [`“${port}” is no port: 1 to 65535 are.`]),
    ],
  };
}

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
