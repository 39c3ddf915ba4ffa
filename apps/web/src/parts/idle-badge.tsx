import type { ObjectRef } from "@percale/resources/catalog";
import { SHADOWED_MEANS, shadowersOf } from "../policy/shadow.ts";

/** Of a policy that decides nothing: nobody is selected, or others decide before it. `endpoints`: undefined while nobody knows. */
export function IdleBadge(props: {
  readonly endpoints: number | undefined;
  readonly shadowedBy: readonly ObjectRef[] | undefined;
  readonly className?: string;
}) {
  const { endpoints, shadowedBy, className = "badge b-warn" } = props;
  if (endpoints === 0) return <span className={className}>Matches nothing</span>;
  if (shadowedBy === undefined) return null;
  return (
    <span className={className} title={SHADOWED_MEANS}>
      Shadowed by {shadowersOf(shadowedBy)}
    </span>
  );
}
