import "../styles/sort-head.css";
import { Icon } from "./icon.tsx";
import type { SortState } from "./virtual-table.tsx";

export interface Head {
  /** Absent: the table does not go by it. */
  readonly id?: string;
  readonly title: string;
  /** What is asked for first is the most of it. */
  readonly down?: boolean;
  readonly className?: string;
}

/** The head cells of a short table; those with an id sort it. */
export function SortHeads({
  heads,
  sort,
  onSort,
}: {
  readonly heads: readonly Head[];
  readonly sort: SortState;
  readonly onSort: (sort: SortState) => void;
}) {
  return heads.map(({ id, title, down = false, className }) => (
    <th
      key={title}
      className={className}
      {...(sort.id === id ? { "aria-sort": sort.down ? "descending" : "ascending" } : {})}
    >
      {id === undefined ? (
        title
      ) : (
        <button type="button" className="sort" onClick={() => onSort({ id, down: sort.id === id ? !sort.down : down })}>
          {title}
          {sort.id === id && <Icon name={sort.down ? "down" : "up"} />}
        </button>
      )}
    </th>
  ));
}
