import type { Drafts, SettingRow } from "./view.ts";
import { groupId } from "./group-id.ts";

/** The groups beside the list, with how many of each differ. */
export function GroupNav(props: {
  readonly groups: readonly {
    readonly of: string;
    readonly title: string;
    readonly all: readonly SettingRow[];
    readonly rows: readonly SettingRow[];
  }[];
  readonly drafts: Drafts;
}) {
  return (
    <nav className="set-nav" aria-label="Groups of settings">
      {[...Map.groupBy(props.groups, ({ of }) => of)].map(([of, groups]) => (
        <div key={of}>
          <h2>{of}</h2>
          <ul>
            {groups.map((group) => {
              const differing = group.all.filter(({ differs }) => differs).length;
              return (
                <li key={group.title}>
                  <a href={`#${groupId(group)}`} aria-disabled={group.rows.length === 0}>
                    <span className="ell">{group.title}</span>
                    {group.all.some(({ key }) => props.drafts.has(key)) && (
                      <i className="set-dot" role="img" aria-label="changed by you" />
                    )}
                    <span className="end sm">
                      {differing > 0 && (
                        <>
                          <b className="strong">{differing}</b> of{" "}
                        </>
                      )}
                      {group.all.length}
                    </span>
                  </a>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
