"use client";
import { VERSION } from "@percale/protocol/shown";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Icon } from "../parts/icon.tsx";
import { Mark } from "../parts/mark.tsx";
import { entryOf, NAV } from "./nav.ts";
import type { RailWidth } from "./rail-width.ts";
import { type Counts, useRailCounts } from "./counts.ts";

export function Rail({ rail, onToggle }: { readonly rail: RailWidth; readonly onToggle: () => void }) {
  const current = entryOf(usePathname());
  const counts = useRailCounts();
  return (
    <nav className="rail" aria-label="Main">
      <Link className="brand" href="/" aria-label="Percale, overview">
        <Mark />
        <span className="t">Percale</span>
      </Link>
      {NAV.map((group, index) => (
        <div key={group.title ?? index} role="group" aria-label={group.title}>
          {group.title !== undefined && (
            <div className="grp" aria-hidden>
              {group.title}
            </div>
          )}
          <ul>
            {group.entries.map((entry) => (
              <li key={entry.href}>
                <Link href={entry.href} title={entry.title} aria-current={entry === current ? "page" : undefined}>
                  <Icon name={entry.icon} />
                  <span className="t">{entry.title}</span>
                  <RailCount count={counts[entry.href]} />
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <div className="foot">
        <span className="t">{VERSION}</span>
        <button
          type="button"
          className="btn ghost mini hide-s"
          onClick={onToggle}
          aria-label={rail === "slim" ? "Widen menu" : "Narrow menu"}
        >
          <Icon name={rail === "slim" ? "right" : "left"} />
        </button>
      </div>
    </nav>
  );
}

function RailCount({ count }: { readonly count: Counts[string] | undefined }) {
  if (count === undefined) return null;
  return (
    <span className={`n ${count.tone}`} title={count.title}>
      {count.value}
      <span className="vh"> {count.title}</span>
    </span>
  );
}
