import { formatCount } from "../../../words/number.ts";

/** "12 of 72 pairs": what a policy or the end of a tier decides of what the lab probes. */
export function DecidedPairs({ decides, of }: { readonly decides: number; readonly of: number }) {
  const words = `${formatCount(decides)} of ${formatCount(of)}`;
  return (
    <span className={decides === 0 ? "muted" : "dp"} title={`Decides ${words} pairs that the lab probes`}>
      {words} <span className="dp-w">pairs</span>
    </span>
  );
}
