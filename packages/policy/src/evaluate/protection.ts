import type { ObjectRef } from "@percale/resources";
import type { FinalAction } from "./query.ts";
import type { Some, Voice } from "./voice.ts";

/** What has the last word on packets that no rule with a condition speaks of. */
export type End =
  | {
      readonly by: "rule";
      /** A policy's or a profile's. */
      readonly ref: ObjectRef;
      /** Absent for a profile. */
      readonly tier?: string;
      readonly rule: number;
      readonly action: "Allow" | "Deny";
    }
  /** Denies. */
  | { readonly by: "tier"; readonly tier: string }
  /** There is none, or none of them decided: denies. */
  | { readonly by: "no profile" };

/** Rules with a condition that have the same action, on a packet's way: the first of them, and how many. */
export interface Exception {
  readonly ref: ObjectRef;
  readonly rule: number;
  readonly count: number;
}

/**
 * How far one direction of an endpoint is closed. Policies' rules that allow on a condition are what policies are for, and are no exception.
 *
 * `open`: whatever no rule denies is allowed. `partly`: denied, but for what profiles allow on a condition, or for what a rule passed on
 * to later tiers or profiles. `closed`: nothing is allowed but by a condition of a policy.
 */
export interface Protection {
  readonly is: "open" | "partly" | "closed";
  readonly end: End;
  /** Denied on a condition before the end. */
  readonly denied?: Exception;
  /** Allowed by profiles on a condition before the end. */
  readonly allowed?: Exception;
  /** Passed on a condition where others ended, and what becomes of it. */
  readonly passed?: Exception & { readonly to: Protection };
}

/** A place where a packet may end: a tier with its policies, or a profile. What a policy allows on a condition matters to no answer. */
export interface Stop {
  /** Absent for a profile. */
  readonly tier?: string;
  /** In evaluation order. */
  readonly owners: readonly { readonly ref: ObjectRef; readonly voice: Voice }[];
  /** Of what no rule matched; undefined: it goes on to the next stop. */
  readonly unmatched: End | undefined;
}

/** Follows a packet from stop to stop, and what is passed on where it ends. */
export function protectionOf(stops: readonly Stop[], from = 0, deniedBefore?: Exception): Protection {
  let denied = deniedBefore;
  let allowed: Exception | undefined;
  for (let at = from; at < stops.length; at++) {
    const { last, some } = heard(stops[at]!);
    const end = last === undefined ? stops[at]!.unmatched : last === "Pass" ? undefined : last;
    denied = sum(denied, some.Deny);
    if (stops[at]!.tier === undefined) allowed = sum(allowed, some.Allow);
    if (end === undefined) continue;
    const passed = some.Pass && { ...some.Pass, to: protectionOf(stops, at + 1, denied) };
    return made({ end, denied, allowed, passed });
  }
  return made({ end: { by: "no profile" }, denied, allowed, passed: undefined });
}

/** Can a packet come so far, and to the end, where nothing matched it? */
export interface Reach {
  readonly isReached: boolean;
  readonly isEndReached: boolean;
}

export function reachOf(stops: readonly Stop[]): readonly Reach[] {
  let isReached = true;
  return stops.map((stop) => {
    const { last, some } = heard(stop);
    const reach = { isReached, isEndReached: isReached && last === undefined };
    const goesOn = last === undefined ? stop.unmatched === undefined : last === "Pass";
    isReached &&= goesOn || some.Pass !== undefined;
    return reach;
  });
}

export function allows(end: End): boolean {
  return end.by === "rule" && end.action === "Allow";
}

type Parts = { readonly [K in Exclude<keyof Protection, "is">]-?: Protection[K] | undefined } & { readonly end: End };

function made({ end, denied, allowed, passed }: Parts): Protection {
  const isOpen = allows(end);
  const isClosed = !isOpen && allowed === undefined && (passed === undefined || passed.to.is === "closed");
  return {
    is: isOpen ? "open" : isClosed ? "closed" : "partly",
    end,
    ...(denied !== undefined && { denied }),
    ...(allowed !== undefined && { allowed }),
    ...(passed !== undefined && { passed }),
  };
}

interface Heard {
  /** The rule that has no condition; of those that pass nothing more is known. Undefined: there is none. */
  readonly last: End | "Pass" | undefined;
  readonly some: Readonly<Partial<Record<FinalAction, Exception>>>;
}

function heard({ tier, owners }: Stop): Heard {
  const some: Partial<Record<FinalAction, Exception>> = {};
  for (const { ref, voice } of owners) {
    for (const action of ["Allow", "Deny", "Pass"] as const) {
      const exception = sum(some[action], exceptionOf(ref, voice.some[action]));
      if (exception !== undefined) some[action] = exception;
    }
    if (voice.end === undefined) continue;
    const { rule, action } = voice.end;
    if (action === "Pass") return { last: "Pass", some };
    return { last: { by: "rule", ref, ...(tier !== undefined && { tier }), rule, action }, some };
  }
  return { last: undefined, some };
}

function exceptionOf(ref: ObjectRef, some: Some | undefined): Exception | undefined {
  return some && { ref, rule: some.first, count: some.count };
}

function sum(a: Exception | undefined, b: Exception | undefined): Exception | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { ...a, count: a.count + b.count };
}
