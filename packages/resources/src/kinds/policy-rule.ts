import { isMasked, tryParseCidr } from "@percale/net";
import { parseSelector } from "@percale/selector";
import * as z from "zod";
import type { Immutable } from "../define.ts";
import { show } from "../issue.ts";
import type { Report } from "../issue.ts";
import { checkAnnotations } from "../metadata.ts";
import { parsePort } from "../scalars/port.ts";
import type { Port } from "../scalars/port.ts";
import { hasPorts, protocolNumber } from "../scalars/protocol.ts";
import { cidr, listOf, name, port, protocol, selector, setOf } from "../scalars/schemas.ts";
import { KEEPS_ZERO } from "../unset.ts";

const icmp = z.strictObject({
  type: z
    .int()
    .min(0)
    .max(254)
    .meta({ title: "ICMP type", description: "ICMP type, for instance 8 for echo request." })
    .optional(),
  code: z.int().min(0).max(255).meta({ title: "ICMP code", description: "ICMP code. Needs a type." }).optional(),
});

const entityRule = z.strictObject({
  nets: setOf(cidr, { max: 256 })
    .meta({
      title: "Networks",
      description: "CIDRs, one of which holds the address. Give a prefix length: 10.0.1.1/32.",
    })
    .optional(),
  notNets: setOf(cidr, { max: 256 })
    .meta({ title: "Excluded networks", description: "CIDRs, none of which holds the address." })
    .optional(),
  selector: selector
    .meta({
      title: "Selector",
      description:
        "Endpoints and network sets by label. In a namespaced policy only those of its namespace, unless namespaceSelector is given.",
    })
    .optional(),
  notSelector: selector
    .meta({ title: "Excluded selector", description: "Endpoints and network sets that are excluded." })
    .optional(),
  namespaceSelector: selector
    .meta({
      title: "In namespaces",
      description: "Namespaces whose endpoints are meant; all() any namespace, global() only what has none.",
    })
    .optional(),
  ports: listOf(port, 50)
    .meta({
      title: "Ports",
      description:
        "Port numbers, ranges min:max or names, one of which matches. Needs a protocol unless all are names.",
    })
    .optional(),
  notPorts: listOf(port, 50).meta({ title: "Excluded ports", description: "Ports, none of which matches." }).optional(),
  serviceAccounts: z
    .strictObject({
      names: setOf(z.string())
        .meta({ title: "Names", description: "Service accounts by name, in the namespace(s) of the rule." })
        .optional(),
      selector: selector.meta({ title: "Labels", description: "Service accounts by label." }).optional(),
    })
    .meta({
      title: "Service accounts",
      description: "Workloads by their service account; names and selector must both fit.",
    })
    .optional(),
  services: z
    .strictObject({
      name: name.meta({ title: "Service", description: "Name of the Kubernetes service." }).optional(),
      namespace: name
        .meta({ title: "Namespace", description: "Its namespace. Empty in a NetworkPolicy: the policy's own." })
        .optional(),
    })
    .meta({
      title: "Kubernetes service",
      description: "The endpoints of a Kubernetes service, with its ports when it is a destination.",
    })
    .optional(),
});

const httpPath = z.strictObject({
  exact: z.string().max(1024).meta({ title: "Exact path", description: "The whole path." }).optional(),
  prefix: z.string().max(1024).meta({ title: "Path prefix", description: "The beginning of the path." }).optional(),
});

/** One rule of a policy or profile. */
export const policyRule = z.strictObject({
  action: z.enum(["Allow", "Deny", "Log", "Pass"]).meta({
    title: "Action",
    description:
      "What happens to a matching packet. Allow and Deny decide, Pass goes to the next tier, Log logs and goes on.",
  }),
  ipVersion: z
    .literal([4, 6])
    .meta(KEEPS_ZERO)
    .meta({ title: "IP version", description: "Only packets of this IP version." })
    .optional(),
  protocol: protocol
    .meta({
      title: "Protocol",
      description: "Only packets of this protocol: TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or a number 1-255.",
    })
    .optional(),
  notProtocol: protocol
    .meta({ title: "Excluded protocol", description: "Only packets of another protocol." })
    .optional(),
  icmp: icmp
    .meta({ title: "ICMP", description: "Only ICMP messages of this type and code. Needs protocol ICMP or ICMPv6." })
    .optional(),
  notICMP: icmp.meta({ title: "Excluded ICMP", description: "Not ICMP messages of this type and code." }).optional(),
  source: entityRule
    .meta({ title: "Source", description: "Where the packet comes from. Omitted: anywhere." })
    .optional(),
  destination: entityRule
    .meta({ title: "Destination", description: "Where the packet goes. Omitted: anywhere." })
    .optional(),
  http: z
    .strictObject({
      methods: listOf(z.string(), 20)
        .meta({ title: "HTTP methods", description: "HTTP methods, one of which is used." })
        .optional(),
      paths: listOf(httpPath, 20)
        .meta({ title: "HTTP paths", description: "Paths, one of which is asked for." })
        .optional(),
    })
    .meta({ title: "HTTP", description: "Only HTTP requests like these. Needs action Allow and protocol TCP or none." })
    .optional(),
  metadata: z
    .strictObject({
      annotations: z
        .record(z.string(), z.string())
        .meta({ title: "Annotations", description: "Notes that travel with the rule." })
        .optional(),
    })
    .meta({ title: "Notes", description: "Notes about the rule." })
    .optional(),
});

/** What `checkPolicyRule` demands, in words. */
export const ruleLaws = [
  "A rule with ports needs a protocol that has ports (TCP, UDP or SCTP), unless every port is a name.",
  "icmp needs the protocol ICMP or ICMPv6, an ICMP code needs a type; ICMP goes with ipVersion 4 and ICMPv6 with 6.",
  "All nets and notNets of a rule are of one IP family, agree with ipVersion, and have a prefix length with no bits past it. notNets may not exclude every address.",
  "global() stands alone, in a rule's namespaceSelector, and nowhere else.",
  "services stand in the source of ingress rules and the destination of egress rules, beside nothing else that says whose address it is; as a destination without ports, as a source without named ports. Cluster-wide policies name the service's namespace.",
  "http needs the action Allow and the protocol TCP or none, in ingress rules only; a path is exact or a prefix, begins with / and holds no blank, ? or #.",
] as const;

export type PolicyRule = Immutable<z.output<typeof policyRule>>;
export type EntityRule = Immutable<z.output<typeof entityRule>>;

export interface RuleContext {
  readonly direction: "ingress" | "egress";
  /** Kinds without a namespace of their own must name a service's. */
  readonly namespaced: boolean;
}

/** Cross-field and programmatic rules of one rule. Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/networkpolicy.go`, `libcalico-go/lib/validator/v3`. */
export function checkPolicyRule(rule: PolicyRule, field: string, report: Report, context: RuleContext): void {
  checkProtocol(rule, field, report);
  if (rule.http !== undefined) checkHttp(rule, field, report, context);
  if (rule.metadata?.annotations !== undefined)
    checkAnnotations(rule.metadata.annotations, `${field}.metadata.annotations`, report);
  if (rule.source !== undefined) checkEntity(rule.source, `${field}.source`, report);
  if (rule.destination !== undefined) checkEntity(rule.destination, `${field}.destination`, report);
  checkServices(rule, field, report, context);
  checkPorts(rule, field, report);
  checkNets(rule, field, report);
}

function checkProtocol(rule: PolicyRule, field: string, report: Report): void {
  for (const key of ["icmp", "notICMP"] as const)
    if (rule[key]?.code !== undefined && rule[key].type === undefined)
      report(`${field}.${key}.code`, "FieldValueInvalid", "needs a type: an ICMP code means nothing without one");
  const number = rule.protocol === undefined ? undefined : protocolNumber(rule.protocol);
  if (rule.icmp !== undefined && number !== 1 && number !== 58)
    report(`${field}.icmp`, "FieldValueInvalid", `needs protocol ICMP or ICMPv6, got protocol ${show(rule.protocol)}`);
  for (const key of ["protocol", "notProtocol"] as const) {
    const version = { 1: 4, 58: 6 }[(rule[key] === undefined ? 0 : protocolNumber(rule[key])) ?? 0];
    if (version !== undefined && rule.ipVersion !== undefined && rule.ipVersion !== version)
      report(
        `${field}.ipVersion`,
        "FieldValueInvalid",
        `must be ${version} with ${key} ${show(rule[key])}, got ${rule.ipVersion}`,
      );
  }
}

function checkHttp(rule: PolicyRule, field: string, report: Report, { direction }: RuleContext): void {
  const { methods = [], paths = [] } = rule.http!;
  const at = `${field}.http`;
  if (rule.protocol !== undefined && protocolNumber(rule.protocol) !== 6)
    report(`${field}.protocol`, "FieldValueInvalid", `must be TCP or unset with http, got ${show(rule.protocol)}`);
  if (rule.action !== "Allow")
    report(at, "FieldValueForbidden", `only allowed with action Allow, got action ${rule.action}`);
  if (direction === "egress") report(at, "FieldValueInvalid", "not allowed in egress rule(s)");
  for (const [i, method] of methods.entries())
    if (methods.indexOf(method) < i)
      report(`${at}.methods[${i}]`, "FieldValueInvalid", `must not repeat, got ${show(method)} twice`);
  for (const [i, { exact, prefix }] of paths.entries()) {
    const path = exact ?? prefix;
    if (path === undefined || (exact !== undefined && prefix !== undefined))
      report(`${at}.paths[${i}]`, "FieldValueInvalid", "must have exactly one of exact and prefix");
    else if (!/^\/[^ ?#]*$/.test(path))
      report(
        `${at}.paths[${i}]`,
        "FieldValueInvalid",
        `must start with / and hold no blank, ? or #, got ${show(path)}`,
      );
  }
}

function checkEntity(entity: EntityRule, field: string, report: Report): void {
  const { selector, namespaceSelector, services } = entity;
  if (selector?.includes("global(") === true)
    report(`${field}.selector`, "FieldValueInvalid", "global() may only be used in a rule's namespaceSelector");
  if (namespaceSelector?.includes("global(") === true && !isGlobalCall(namespaceSelector))
    report(
      `${field}.namespaceSelector`,
      "FieldValueInvalid",
      `global() cannot be combined with anything else, got ${show(namespaceSelector)}`,
    );
  if (services === undefined) return;
  if (services.name === undefined) report(`${field}.services.name`, "FieldValueRequired", "must name a service");
  const excluded = ["namespaceSelector", "selector", "notSelector", "nets", "notNets", "serviceAccounts"] as const;
  for (const key of excluded)
    if (isGiven(entity[key]))
      report(
        `${field}.${key}`,
        "FieldValueForbidden",
        "cannot be combined with services on the same side; use a second rule",
      );
}

function isGlobalCall(text: string): boolean {
  try {
    return parseSelector(text).op === "global";
  } catch {
    return true; // what does not parse is reported as such
  }
}

function checkServices(rule: PolicyRule, field: string, report: Report, { direction, namespaced }: RuleContext): void {
  const [allowed, other] =
    direction === "ingress" ? (["source", "destination"] as const) : (["destination", "source"] as const);
  if (rule[other]?.services !== undefined)
    report(`${field}.${other}.services`, "FieldValueInvalid", `only allowed in ${allowed} of ${direction} rules`);
  for (const side of ["source", "destination"] as const) {
    const services = rule[side]?.services;
    if (services !== undefined && !namespaced && (services.namespace ?? "") === "")
      report(`${field}.${side}.services.namespace`, "FieldValueInvalid", "is required in a cluster-wide policy");
  }
  for (const key of ["ports", "notPorts"] as const)
    if (rule.source?.services !== undefined && (rule.source[key] ?? []).some((one) => !isNumeric(one)))
      report(
        `${field}.source.${key}`,
        "FieldValueForbidden",
        "must be numbers beside services: a named port is matched wherever it is, not in the service alone",
      );
  if (rule.destination?.services === undefined) return;
  for (const key of ["ports", "notPorts"] as const)
    if (isGiven(rule.destination[key]))
      report(
        `${field}.destination.${key}`,
        "FieldValueForbidden",
        "cannot be combined with services: the service says which ports",
      );
}

function checkPorts({ protocol, source, destination }: PolicyRule, field: string, report: Report): void {
  if (protocol !== undefined && (hasPorts(protocol) || protocolNumber(protocol) === undefined)) return;
  const check = (ports: readonly Port[] | undefined, path: string): void => {
    if (ports === undefined || ports.length === 0) return;
    if (protocol !== undefined) {
      report(path, "FieldValueInvalid", `ports need protocol TCP, UDP or SCTP, got protocol ${show(protocol)}`);
      return;
    }
    for (const [i, one] of ports.entries())
      if (isNumeric(one))
        report(
          `${path}[${i}]`,
          "FieldValueInvalid",
          `a numbered port needs a protocol (TCP, UDP or SCTP), got ${show(one)}`,
        );
  };
  check(source?.ports, `${field}.source.ports`);
  check(source?.notPorts, `${field}.source.notPorts`);
  check(destination?.ports, `${field}.destination.ports`);
  check(destination?.notPorts, `${field}.destination.notPorts`);
}

function isNumeric(port: Port): boolean {
  try {
    return parsePort(port).kind === "range";
  } catch {
    return false; // reported by the schema
  }
}

function checkNets({ ipVersion, source, destination }: PolicyRule, field: string, report: Report): void {
  let family: 4 | 6 | undefined;
  let mixed = false;
  const check = (nets: readonly string[] | undefined, path: string, negated: boolean): void => {
    for (const [i, text] of (nets ?? []).entries()) {
      const at = `${path}[${i}]`;
      const parsed = tryParseCidr(text);
      if (parsed === undefined) continue; // reported by the schema
      if (!text.includes("/")) {
        const full = parsed.family === 4 ? 32 : 128;
        report(
          at,
          "FieldValueInvalid",
          `must have a prefix length, got ${show(text)}; for one address write ${text}/${full}`,
        );
      } else if (!isMasked(parsed))
        report(at, "FieldValueInvalid", `must have no bits set past its prefix length, got ${show(text)}`);
      if (negated && parsed.prefixLen === 0 && (parsed.family === 6 || text === "0.0.0.0/0"))
        report(at, "FieldValueInvalid", `must not exclude every address, got ${show(text)}`);
      if (ipVersion !== undefined && parsed.family !== ipVersion)
        report(at, "FieldValueInvalid", `must be IPv${ipVersion} because ipVersion is ${ipVersion}, got ${show(text)}`);
      mixed ||= family !== undefined && family !== parsed.family;
      family ??= parsed.family;
    }
  };
  check(source?.nets, `${field}.source.nets`, false);
  check(source?.notNets, `${field}.source.notNets`, true);
  check(destination?.nets, `${field}.destination.nets`, false);
  check(destination?.notNets, `${field}.destination.notNets`, true);
  if (mixed)
    report(field, "FieldValueInvalid", "all nets of a rule must be of one IP family; write one rule per family");
}

function isGiven(value: string | object | undefined): boolean {
  return value !== undefined && (Array.isArray(value) ? value.length > 0 : value !== "");
}
