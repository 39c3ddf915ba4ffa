import type { End, Exception, Protection } from "@percale/policy";
import { type ObjectRef, Profile } from "@percale/resources/catalog";

/** How far one direction is closed, in a few words that are the same on every page. */
export function protectionWords(protection: Protection): string {
  switch (protection.is) {
    case "closed":
      return "closed";
    case "partly":
      return protection.allowed === undefined ? "closed, except what passes" : "open to some";
    case "open":
      return isWithoutException(protection) ? "open to everyone" : "open, except what rules deny";
  }
}

/** The same with what has the last word: "closed by the end of tier default". */
export function protectionSentence(protection: Protection): string {
  const { is, end, denied, allowed, passed } = protection;
  if (allowed !== undefined) return `${protectionWords(protection)} by ${exceptionWords(allowed)}`;
  const words = `${is === "open" ? "open to everyone" : "closed"} by ${endWords(end)}`;
  const exceptions = [
    ...(is === "open" && denied !== undefined
      ? [`except what ${exceptionWords(denied)} ${verb(denied, "denies", "deny")}`]
      : []),
    ...(passed !== undefined && passed.to.is !== is
      ? [
          `except what ${exceptionWords(passed)} ${verb(passed, "passes", "pass")} on, which is ${protectionSentence(passed.to)}`,
        ]
      : []),
  ];
  return [words, ...exceptions].join(", ");
}

/** "the end of tier default", "profile kns.shop", "rule 2 of shop/allow-web". */
export function endWords(end: End): string {
  switch (end.by) {
    case "tier":
      return `the end of tier ${end.tier}`;
    case "no profile":
      return "having no profile that decides";
    case "rule":
      return end.tier === undefined ? `profile ${end.ref.name}` : `rule ${end.rule + 1} of ${nameOf(end.ref)}`;
  }
}

/** Some packets at least come to the profiles. */
export function endsInProfiles({ end, passed }: Protection): boolean {
  const isHere = end.by === "no profile" || (end.by === "rule" && end.tier === undefined);
  return isHere || (passed !== undefined && endsInProfiles(passed.to));
}

function exceptionWords({ ref, rule, count }: Exception): string {
  const first = `rule ${rule + 1} of ${ref.kind === Profile.kind ? "profile " : ""}${nameOf(ref)}`;
  return count === 1 ? first : `${first} and ${count - 1} more`;
}

function verb({ count }: Exception, one: string, many: string): string {
  return count === 1 ? one : many;
}

function isWithoutException({ is, denied, passed }: Protection): boolean {
  return is === "open" && denied === undefined && (passed === undefined || isWithoutException(passed.to));
}

function nameOf({ namespace, name }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
