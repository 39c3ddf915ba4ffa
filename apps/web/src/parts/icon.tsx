import sprite from "./icons.svg";

/** Its address has a hash of it, so that browsers ask for it once. */
const SPRITE = sprite.src;

/** One mark of `icons.svg`. Decoration by default; give `label` where no text stands beside it. */
export function Icon({
  name,
  className,
  label,
}: {
  readonly name: IconName;
  readonly className?: string;
  readonly label?: string;
}) {
  const a11y = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <svg className={className === undefined ? "i" : `i ${className}`} {...a11y}>
      <use href={`${SPRITE}#i-${name}`} />
    </svg>
  );
}

export type IconName =
  | "overview"
  | "policies"
  | "sets"
  | "checks"
  | "map"
  | "reach"
  | "endpoints"
  | "pools"
  | "bgp"
  | "nodes"
  | "activity"
  | "health"
  | "access"
  | "settings"
  | "search"
  | "close"
  | "right"
  | "left"
  | "down"
  | "up"
  | "plus"
  | "minus"
  | "more"
  | "menu"
  | "filter"
  | "pause"
  | "play"
  | "copy"
  | "open"
  | "edit"
  | "undo"
  | "trash"
  | "grip"
  | "download"
  | "columns"
  | "list"
  | "board"
  | "matrix"
  | "refresh"
  | "swap"
  | "lock"
  | "eye"
  | "sun"
  | "clock"
  | "arrow"
  | "in"
  | "out"
  | "allow"
  | "deny"
  | "pass"
  | "log"
  | "nomatch"
  | "crit"
  | "warn"
  | "info"
  | "ok"
  | "global"
  | "ns"
  | "k8s"
  | "router"
  | "user"
  | "set"
  | "bolt"
  | "probe"
  | "sort";
