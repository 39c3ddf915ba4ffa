import type { ProtectionView } from "@percale/api";
import { formatRef, refOf } from "@percale/resources/catalog";
import type { KubeObject, Profile, SpecOf } from "@percale/resources/catalog";
import type { Lenient, RuleSpec } from "../../../policy/spec.ts";
import { counted, formatCount } from "../../../words/number.ts";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { compareNames } from "../nodes/view.ts";

export type ProfileObject = KubeObject<Lenient<SpecOf<typeof Profile>>>;

/** Who writes it: a namespace, a service account, or people. */
export type Origin = "namespace" | "account" | "own";

export interface ProfileRow {
  readonly name: string;
  readonly origin: Origin;
  /** The namespace, or `namespace/account`, that it comes from. */
  readonly from: string | undefined;
  readonly ingress: Allowance;
  readonly egress: Allowance;
  readonly endpoints: number | Untold;
  /** Endpoints on which it has the last word, in each direction. */
  readonly decides: { readonly ingress: number; readonly egress: number } | Untold;
  readonly labels: readonly (readonly [key: string, value: string])[];
}

/** What a list of rules comes to. */
export interface Allowance {
  readonly action: "Allow" | "Deny" | "none" | "some";
  readonly text: string;
  readonly rules: readonly RuleSpec[];
}

/** By origin, then those that decide for most, then by name. */
export function profileRows(
  profiles: readonly ProfileObject[],
  use: ReadonlyMap<string, number> | Untold,
  protection: ProtectionView | Untold,
): readonly ProfileRow[] {
  const ends = isUntold(protection) ? protection : new Map(protection.ends.map((end) => [end.name, end]));
  return profiles
    .map((profile): ProfileRow => {
      const { name } = profile.metadata;
      const { ingress = [], egress = [], labelsToApply = {} } = profile.spec;
      const end = isUntold(ends) ? undefined : ends.get(formatRef(refOf(profile)));
      return {
        name,
        ...originOf(name),
        ingress: allowanceOf(ingress),
        egress: allowanceOf(egress),
        endpoints: isUntold(use) ? use : (use.get(name) ?? 0),
        decides: isUntold(ends) ? ends : { ingress: end?.ingress ?? 0, egress: end?.egress ?? 0 },
        labels: Object.entries(labelsToApply).map(([key, value]) => [key, value ?? ""] as const),
      };
    })
    .sort(
      (a, b) =>
        ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin) ||
        decided(b) - decided(a) ||
        compareNames(a.name, b.name),
    );
}

export const ORIGINS: readonly Origin[] = ["namespace", "account", "own"];

function decided({ decides }: ProfileRow): number {
  return isUntold(decides) ? 0 : decides.ingress + decides.egress;
}

function originOf(name: string): Pick<ProfileRow, "origin" | "from"> {
  const [prefix, ...rest] = name.split(".");
  if (prefix === "kns" && rest.length > 0) return { origin: "namespace", from: rest.join(".") };
  if (prefix === "ksa" && rest.length > 1) return { origin: "account", from: `${rest[0]}/${rest.slice(1).join(".")}` };
  return { origin: "own", from: undefined };
}

/** "anything" where the first rule is without a condition, "no rules" where there are none. */
export function allowanceOf(rules: readonly RuleSpec[]): Allowance {
  const [first] = rules;
  if (first === undefined) return { action: "none", text: "no rules", rules };
  if (isUnconditional(first)) {
    if (first.action === "Allow") return { action: "Allow", text: "anything", rules };
    if (first.action === "Deny") return { action: "Deny", text: "nothing", rules };
  }
  return { action: "some", text: rules.length === 1 ? "1 rule" : `${rules.length} rules`, rules };
}

function isUnconditional(rule: RuleSpec): boolean {
  return isNothing({ ...rule, action: undefined, metadata: undefined });
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isNothing);
}

/** Profiles come last: who is left to them, and what that means. */
export function profilesVerdict(protection: ProtectionView): {
  readonly severity: "warning" | "ok" | "info";
  readonly lead: string;
  readonly rest: string;
} {
  const { endpoints, ingress, egress, openBothWays } = protection;
  if (endpoints === 0)
    return { severity: "info", lead: "There is no endpoint yet.", rest: "Profiles decide where no policy does." };
  if (ingress.byProfile + egress.byProfile === 0)
    return {
      severity: "ok",
      lead: `Policies have the last word on all ${formatCount(endpoints)} endpoints.`,
      rest: "Profiles decide nothing, and hand down their labels.",
    };
  const open =
    openBothWays === 0
      ? ""
      : ` ${counted(openBothWays, "endpoint")} ${openBothWays === 1 ? "is" : "are"} open both ways.`;
  return {
    severity: "warning",
    lead: `Profiles have the last word on ${formatCount(ingress.byProfile)} of ${formatCount(endpoints)} endpoints inwards, and on ${formatCount(egress.byProfile)} outwards.`,
    rest: `They come last, where no policy decides for an endpoint in that direction.${open}`,
  };
}

/** What the panel says first. */
export function profileWords({ decides, endpoints }: ProfileRow): string {
  if (isUntold(decides) || isUntold(endpoints)) return "";
  if (endpoints === 0) return "No endpoint has it.";
  const all = counted(endpoints, "endpoint");
  if (decides.ingress + decides.egress === 0)
    return `Has the last word on none of ${all}: policies have it, or another profile.`;
  return `Has the last word on ${formatCount(decides.ingress)} of ${all} inwards, and on ${formatCount(decides.egress)} outwards.`;
}
