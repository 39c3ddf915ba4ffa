/** The scalar types of the API as schemas: each knows its formats, its stored form and how Kubernetes describes it. */
import { isMasked, tryParseAddress, tryParseCidr } from "@percale/net";
import { SelectorError, parseSelector } from "@percale/selector";
import * as z from "zod";
import type { FieldReason } from "../issue.ts";
import { isDnsLabel, isSubdomain } from "../metadata.ts";
import { parseAsNumber } from "./as-number.ts";
import { parseDscp } from "./dscp.ts";
import { isRegexp } from "#regexp";
import { KEEPS_ZERO } from "../unset.ts";
import { formatNanoseconds, parseDuration, tryParseDuration, tryParseNanoseconds } from "./duration.ts";
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

export const selector = text(selectorFault, 1024);
/** The name of another object. */
export const name = text(
  (value) => (isSubdomain(value) ? undefined : "must be a name: lower-case letters, digits, - and ."),
  253,
);
/** What a service calls a port: of numbers alone too, unlike the name that a workload gives to one. */
export const servicePortName = text((value) =>
  isDnsLabel(value) ? undefined : "must be one DNS label: at most 63 of a-z, 0-9 and -",
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
/** An interface as the kernel names it. */
export const linkName = text(linkNameFault);
export function linkNameFault(value: string): string | undefined {
  return /^[a-zA-Z0-9_.-]{1,15}$/.test(value) && value !== "." && value !== ".."
    ? undefined
    : "must be an interface name of at most 15 letters, digits, _ . -";
}
/** Calico's agents compile them with Go's regexp, whose syntax is RE2's: no look-around, no back-references. */
export const regexp = text((value) =>
  isRegexp(value) ? undefined : "must be a regular expression in RE2 syntax, which knows no look-around and no \\1",
);

export const protocol = z
  .union([z.number(), z.string()])
  .transform((value, context): Protocol => {
    const sent = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof sent === "string" ? PROTOCOL_NAMES.includes(sent as "TCP") : isWithin(sent, 1, 255)) return sent;
    const reason = typeof sent === "number" && sent > 255 ? "FieldValueTypeInvalid" : "FieldValueInvalid";
    refuse(context, value, `must be ${PROTOCOL_NAMES.join(", ")} (case matters) or a number 1..255`, reason);
    return sent;
  })
  .meta({ ...INT_OR_STRING, ...KEEPS_ZERO });

/** A protocol that has ports, by name or number. */
export const portProtocol = protocol
  .refine((value) => protocolNumber(value) === undefined || hasPorts(value), {
    error: "must be TCP, UDP or SCTP",
  })
  .meta({ ...INT_OR_STRING, ...KEEPS_ZERO });

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
  .meta({ ...INT_OR_STRING, ...KEEPS_ZERO });

export const portNumber = z.int().min(1).max(65535);
export const mac = text((value) =>
  /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value) ? undefined : "must be a MAC such as ee:ee:ee:ee:ee:ee",
);

/** AS 0 names nobody (RFC 7607); in an optional field it counts as not set. */
export const asNumber = z
  .union([z.number(), z.string()])
  .transform((value, context): number => {
    const number = parseAsNumber(value) ?? 0;
    if (number === 0)
      refuse(
        context,
        value,
        'must be an AS number 1..4294967295, as a number or as dotted text such as "1.10"',
        value === 0 || value === "0" ? "FieldValueInvalid" : "FieldValueTypeInvalid",
      );
    return number;
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
    const ns = tryParseNanoseconds(value);
    if (ns !== undefined && ns >= 0n) return formatNanoseconds(ns);
    refuse(context, value, "must be a duration of at most 292 years such as 90s, 1m30s or 500ms");
    return value;
  })
  .meta({ format: "duration" });

/** A duration within these bounds, each in Go's text. */
export function durationWithin(min: string, max: string, why: string) {
  return duration.check(({ value, issues }) => {
    const ms = tryParseDuration(value);
    if (ms === undefined || (ms >= parseDuration(min) && ms <= parseDuration(max))) return;
    issues.push({ code: "custom", input: value, message: `must be ${min}..${max}: ${why}`, continue: true });
  });
}

/** A list without repeats. */
export function setOf<T extends z.ZodType>(item: T, limits: { readonly min?: number; readonly max?: number } = {}) {
  const list = z
    .array(item)
    .min(limits.min ?? 0)
    .max(limits.max ?? Number.MAX_SAFE_INTEGER);
  const unique = list.check(({ value, issues }) => {
    if (new Set(value).size === value.length) return;
    const earlier = new Set<unknown>();
    for (const [i, one] of value.entries()) {
      if (earlier.has(one))
        issues.push({
          code: "custom",
          input: one,
          path: [i],
          message: "must not repeat an earlier item",
          params: { reason: "FieldValueDuplicate" },
          continue: true,
        });
      earlier.add(one);
    }
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
  const schema = text((value) => (lower.has(value.toLowerCase()) ? undefined : `must be one of ${words.join(", ")}`));
  return schema.meta({ "x-choices": words }); // no enum, which would know one case alone
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
