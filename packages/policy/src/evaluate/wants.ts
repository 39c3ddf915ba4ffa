import type { EntityRule, PolicyRule } from "@percale/resources";

/** Of a list, and of a text. */
const MAX_ITEMS = 4;
const MAX_CHARACTERS = 160;

/**
 * What a rule asks of a packet in the field that `misfit` names, as it is written: `app == 'cart' in namespace shop`, `8080, 9000:9100`.
 * A field that a packet must not have says what it must not be. Long lists are counted: `10.0.0.0/8, 10.1.0.0/16 and 7 more`.
 */
export function wantsOf(rule: PolicyRule, field: string, namespace: string | undefined): string {
  const text = wanted(rule, field, namespace);
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1)}…`;
}

function wanted(rule: PolicyRule, field: string, namespace: string | undefined): string {
  const [side, part] = field.split(".");
  if (part !== undefined) return ofSide((side === "source" ? rule.source : rule.destination) ?? {}, part, namespace);
  switch (field) {
    case "ipVersion":
      return `IPv${rule.ipVersion}`;
    case "protocol":
    case "notProtocol":
      return String(rule[field]);
    case "icmp":
      return icmpText(rule.icmp);
    case "notICMP":
      return icmpText(rule.notICMP);
    default:
      return field;
  }
}

function ofSide(side: EntityRule, part: string, namespace: string | undefined): string {
  switch (part) {
    case "nets":
    case "notNets":
    case "ports":
    case "notPorts":
      return listed((side[part] ?? []).map(String));
    case "selector":
      return selectorText(side, namespace);
    case "notSelector":
      return side.notSelector ?? "";
    case "services":
      return `service ${side.services?.namespace ?? namespace ?? ""}/${side.services?.name ?? ""}`;
    default:
      return part;
  }
}

/** Who is asked for, and where: a policy of a namespace that names no other asks in its own. */
function selectorText(
  { selector, namespaceSelector, serviceAccounts }: EntityRule,
  namespace: string | undefined,
): string {
  const accounts =
    serviceAccounts === undefined ? [] : [...(serviceAccounts.names ?? []), serviceAccounts.selector ?? ""];
  const who = [
    ...(isGiven(selector) ? [selector] : []),
    ...accounts.filter(isGiven).map((account) => `service account ${account}`),
  ];
  const where = isGiven(namespaceSelector)
    ? [`in namespaces ${namespaceSelector}`]
    : namespace === undefined
      ? []
      : [`in namespace ${namespace}`];
  return [...(who.length === 0 ? ["any workload"] : [who.join(" and ")]), ...where].join(" ");
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

function icmpText(icmp: PolicyRule["icmp"]): string {
  return `type ${icmp?.type ?? "any"}${icmp?.code === undefined ? "" : `, code ${icmp.code}`}`;
}

function listed(items: readonly string[]): string {
  const left = items.length - MAX_ITEMS;
  return left > 0 ? `${items.slice(0, MAX_ITEMS).join(", ")} and ${left} more` : items.join(", ");
}
