import type { KubeObject } from "../object.ts";
import type { Profile } from "./profile.ts";

/** The profile with these labels to apply in place of all that begin so; its rules and other labels are left alone. */
export function withInherited(
  profile: KubeObject<Profile["spec"]>,
  prefix: string,
  inherited: Readonly<Record<string, string>>,
): KubeObject<Profile["spec"]> {
  const own = Object.entries(profile.spec.labelsToApply ?? {}).filter(([key]) => !key.startsWith(prefix));
  const labelsToApply = { ...Object.fromEntries(own), ...inherited };
  return { ...profile, spec: { ...profile.spec, labelsToApply } };
}
