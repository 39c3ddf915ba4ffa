import { Icon } from "./icon.tsx";
import type { Hiding } from "./no-match.tsx";

/** Filters that are on, beside the one that is typed; each goes by a click. */
export function FilterBadges({ filters }: { readonly filters: readonly Hiding[] }) {
  if (filters.length === 0) return null;
  return (
    <span className="filters">
      {filters.map(({ words, drop }) => (
        <span key={words} className="badge">
          {words}
          <button type="button" aria-label={`Without ${words}`} onClick={drop}>
            <Icon name="close" />
          </button>
        </span>
      ))}
    </span>
  );
}
