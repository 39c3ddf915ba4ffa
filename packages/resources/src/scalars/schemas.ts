/** The scalar types of the API as schemas: each knows its formats, its stored form and how Kubernetes describes it. */
import { isMasked, tryParseAddress, tryParseCidr } from "@percale/net";
import { SelectorError, parseSelector } from "@percale/selector";
import { z } from "zod";
import type { FieldReason } from "../issue.ts";
import { isSubdomain } from "../metadata.ts";
import { parseAsNumber } from "./as-number.ts";
import { parseDscp } from "./dscp.ts";
import { formatDuration, tryParseDuration } from "./duration.ts";
import { PortError, formatPort, isPortName, parsePort, portFault } from "./port.ts";
import type { Port } from "./port.ts";
import { PROTOCOL_NAMES, hasPorts, protocolNumber } from "./protocol.ts";
import type { Protocol } from "./protocol.ts";

const INT_OR_STRING = { "x-kubernetes-int-or-string": true } as const;
const SET = { "x-kubernetes-list-type": "set" } as const;
const ATOMIC = { "x-kubernetes-list-type": "atomic" } as const;

/** A string with a format: `fault` says what is wrong, or undefined. */
export function text(fault: (value: string) => string | undefined, maxLength?: number) {
  const base = maxLength === undefined ? z.string() : z.string().max(maxLength);
  return base.check(({ value, issues }) => {
    const message = fault(value);
    if (message !== undefined) issues.push({ code: "custom", input: value, message, continue: true });
  });
}

function matching(pattern: RegExp, message: string, maxLength?: number) {
  return text((value) => (pattern.test(value) ? undefined : message), maxLength).meta({ pattern: pattern.source });
}

export const selector = text(selectorFault, 1024);
/** Where the API sets no length. */
export const longSelector = text(selectorFault);
/** The name of another object. Empty counts as not given; where one is needed, ask for `.min(1)`. */
export const name = text(
  (value) => (value === "" || isSubdomain(value) ? undefined : "must be a name: lower-case letters, digits, - and ."),
  253,
);
export const portName = text((value) =>
  isPortName(value) ? undefined : "must be a port name: at most 15 of a-z, 0-9 and single -",
);
/** A strictly masked CIDR, or a bare address. */
export const net = text((value) => cidrFault(value, { masked: true }));
/** Any CIDR, host bits allowed, or a bare address. */
export const cidr = text((value) => cidrFault(value, { masked: false }));
export const ip = text((value) => (tryParseAddress(value) === undefined ? "must be an IP address" : undefined));
export const ipv4 = text((value) => (tryParseAddress(value)?.family === 4 ? undefined : "must be an IPv4 address"));
export const ipv6 = text((value) => (tryParseAddress(value)?.family === 6 ? undefined : "must be an IPv6 address"));
export const interfaceName = matching(
  /^(\*|[a-zA-Z0-9_.-]{1,15})$/,
  "must be * or an interface name of at most 15 letters, digits, _ . -",
);
export const regexp = text((value) => (isRegexp(value) ? undefined : "must be a regular expression that compiles"));

export const protocol = z
  .union([z.number(), z.string()])
  .transform((value, context): Protocol => {
    const sent = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof sent === "string" ? PROTOCOL_NAMES.includes(sent as "TCP") : isWithin(sent, 1, 255)) return sent;
    const reason = typeof sent === "number" && sent > 255 ? "FieldValueTypeInvalid" : "FieldValueInvalid";
    refuse(context, value, `must be ${PROTOCOL_NAMES.join(", ")} (case matters) or a number 1..255`, reason);
    return sent;
  })
  .meta(INT_OR_STRING);

/** A protocol that has ports, by name or number. */
export const portProtocol = protocol
  .refine((value) => protocolNumber(value) === undefined || hasPorts(value), {
    error: "must be TCP, UDP or SCTP",
  })
  .meta(INT_OR_STRING);

export const port = z
  .union([z.number(), z.string()])
  .transform((value, context): Port => {
    try {
      const parsed = parsePort(value);
      const fault = portFault(parsed);
      if (fault !== undefined) refuse(context, value, fault);
      return formatPort(parsed);
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      refuse(context, value, error.message, "FieldValueTypeInvalid");
      return value;
    }
  })
  .meta(INT_OR_STRING);

export const portNumber = z.int().min(1).max(65535);

export const asNumber = z
  .union([z.number(), z.string()])
  .transform((value, context): number => {
    const number = parseAsNumber(value);
    if (number === undefined)
      refuse(
        context,
        value,
        "must be an AS number 0..4294967295, as a number or dotted such as 1.10",
        "FieldValueTypeInvalid",
      );
    return number ?? 0;
  })
  .meta(INT_OR_STRING);

export const dscp = z
  .union([z.number(), z.string()])
  .check(({ value, issues }) => {
    if (parseDscp(value) === undefined)
      issues.push({
        code: "custom",
        input: value,
        message: "must be 0..63 or a DSCP name such as EF, AF11, CS1",
        continue: true,
      });
  })
  .meta(INT_OR_STRING);

/** A Go duration, not negative; stored in Go's own spelling. */
export const duration = z
  .string()
  .transform((value, context): string => {
    const ms = tryParseDuration(value);
    if (ms !== undefined && ms >= 0) return formatDuration(ms);
    refuse(context, value, "must be a duration such as 90s, 1m30s or 500ms");
    return value;
  })
  .meta({ format: "duration" });

/** A list without repeats. */
export function setOf<T extends z.ZodType>(item: T, limits: { readonly min?: number; readonly max?: number } = {}) {
  const list = z
    .array(item)
    .min(limits.min ?? 0)
    .max(limits.max ?? Number.MAX_SAFE_INTEGER);
  const unique = list.check(({ value, issues }) => {
    if (new Set(value).size === value.length) return;
    for (const [i, one] of value.entries())
      if (value.indexOf(one) < i)
        issues.push({
          code: "custom",
          input: one,
          path: [i],
          message: "must not repeat an earlier item",
          params: { reason: "FieldValueDuplicate" },
          continue: true,
        });
  });
  return unique.meta(SET);
}

/** A list that server-side apply replaces whole. */
export function listOf<T extends z.ZodType>(item: T, max = Number.MAX_SAFE_INTEGER) {
  return z.array(item).max(max).meta(ATOMIC);
}

/** One of these words in any case; stored as given. */
export function anyCase(...words: readonly string[]) {
  const lower = new Set(words.map((word) => word.toLowerCase()));
  return text((value) =>
    value === "" || lower.has(value.toLowerCase()) ? undefined : `must be one of ${words.join(", ")}`,
  );
}

export function isRegexp(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/** The scalar's declared type is right though its value is not: rules may still look at it. */
function refuse(
  context: z.core.$RefinementCtx,
  input: unknown,
  message: string,
  reason: FieldReason = "FieldValueInvalid",
): void {
  context.issues.push({ code: "custom", input, message, params: { reason }, continue: true });
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function selectorFault(value: string): string | undefined {
  try {
    parseSelector(value);
    return undefined;
  } catch (error) {
    if (error instanceof SelectorError) return `must be a selector: ${error.message}`;
    throw error;
  }
}

function cidrFault(value: string, { masked }: { readonly masked: boolean }): string | undefined {
  const parsed = tryParseCidr(value);
  if (parsed === undefined) return "must be a CIDR such as 10.0.0.0/8, or an IP address";
  return masked && !isMasked(parsed) ? "must have no bits set past its prefix length" : undefined;
}
