import type { EntityRule, RuleSpec } from "./spec.ts";

/** A rule as a sentence in pieces: `word` is muted, `code` is monospace, `plain` is ink, `action` carries the verdict's colour. */
export type Piece =
  | { readonly t: "action"; readonly text: string }
  | { readonly t: "word" | "code" | "plain"; readonly text: string };

/** "Allow TCP from app == "api" to ports 8443". */
export function ruleSentence(rule: RuleSpec): readonly Piece[] {
  return [
    { t: "action", text: rule.action ?? "?" },
    ...protocolPieces(rule),
    ...sidePieces("from", rule.source),
    ...sidePieces("to", rule.destination),
  ];
}

/** The sentence as text, for names and tooltips. */
export function ruleText(rule: RuleSpec): string {
  return ruleSentence(rule)
    .map((piece) => piece.text)
    .join(" ");
}

function protocolPieces({ protocol, notProtocol, icmp, notICMP, ipVersion }: RuleSpec): Piece[] {
  const pieces: Piece[] = [];
  if (ipVersion !== undefined) pieces.push({ t: "plain", text: `IPv${ipVersion}` });
  if (protocol !== undefined) pieces.push({ t: "plain", text: `${protocol}` });
  if (notProtocol !== undefined) pieces.push({ t: "word", text: "not" }, { t: "plain", text: `${notProtocol}` });
  if (icmp !== undefined) pieces.push({ t: "word", text: "type" }, { t: "plain", text: icmpText(icmp) });
  if (notICMP !== undefined) pieces.push({ t: "word", text: "not type" }, { t: "plain", text: icmpText(notICMP) });
  if (pieces.length === 0) pieces.push({ t: "word", text: "anything" });
  return pieces;
}

function icmpText({ type, code }: NonNullable<RuleSpec["icmp"]>): string {
  return code === undefined ? `${type}` : `${type}, code ${code}`;
}

function sidePieces(word: "from" | "to", side: EntityRule | undefined): Piece[] {
  if (side === undefined) return [];
  const { ports, notPorts } = side;
  const who = whoPieces(side);
  return [
    ...(who.length > 0 ? [{ t: "word", text: word } as const, ...who] : []),
    ...(ports !== undefined && ports.length > 0 ? portPieces(word, "ports", ports, who.length > 0) : []),
    ...(notPorts !== undefined && notPorts.length > 0
      ? portPieces(word, "ports other than", notPorts, who.length > 0)
      : []),
  ];
}

function portPieces(word: "from" | "to", text: string, ports: readonly (number | string)[], after: boolean): Piece[] {
  return [
    { t: "word", text: after ? `on ${text}` : `${word} ${text}` },
    { t: "plain", text: ports.join(", ") },
  ];
}

function whoPieces(side: EntityRule): Piece[] {
  const pieces: Piece[] = [];
  const add = (word: string | undefined, text: string) => {
    if (pieces.length > 0 || word !== undefined) {
      pieces.push({ t: "word", text: word ?? "and" });
    }
    pieces.push({ t: "code", text });
  };
  if (filled(side.selector)) add(undefined, side.selector);
  if (filled(side.notSelector)) add("not", side.notSelector);
  if (filled(side.namespaceSelector)) add("in namespaces", side.namespaceSelector);
  for (const name of side.serviceAccounts?.names ?? []) add("service account", name);
  if (filled(side.serviceAccounts?.selector)) add("service accounts", side.serviceAccounts.selector);
  if (filled(side.services?.name)) add("service", `${side.services.namespace ?? ""}/${side.services.name}`);
  if (side.nets !== undefined && side.nets.length > 0) add("nets", side.nets.join(", "));
  if (side.notNets !== undefined && side.notNets.length > 0) add("nets other than", side.notNets.join(", "));
  return pieces;
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}
