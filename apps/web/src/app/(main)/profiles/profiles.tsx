"use client";
import type { ProtectionView } from "@percale/api";
import { Profile } from "@percale/resources/catalog";
import Link from "next/link";
import { Fragment, useMemo } from "react";
import { useObjects } from "../../../live/objects.ts";
import { useProfileUse } from "../../../live/profile-use.ts";
import { useProtection } from "../../../live/protection.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { verdictMark } from "../../../parts/verdict.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { parseOpen } from "../../../words/kinds.ts";
import { formatCount } from "../../../words/number.ts";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { ProfilePanel } from "./profile-panel.tsx";
import { type Allowance, type Origin, ORIGINS, type ProfileRow, profileRows, profilesVerdict } from "./view.ts";
import "../../../styles/editor.css";
import "../../../styles/network-sets.css"; // what panels of both have
import "../../../styles/profiles.css";

const TITLES: Readonly<Record<Origin, string>> = {
  namespace: "Namespaces",
  account: "Service accounts",
  own: "Own",
};
/** Of each group a page holds as many; the filter finds the others. */
const SHOWN = 100;

/** What decides where no policy does: for how many endpoints, what it allows, what it hands down. */
export function Profiles() {
  usePageTitle("Profiles");
  const url = useUrlState();
  const profiles = useObjects(Profile);
  const use = useProfileUse();
  const protection = useProtection();
  const rows = useMemo(() => profileRows(profiles.items, use, protection), [profiles.items, use, protection]);
  const text = (url.get("q") ?? "").trim().toLowerCase();
  const shown = rows.filter(({ name }) => name.toLowerCase().includes(text));
  const open = parseOpen(url.get("open"));
  const selected = open?.kind === Profile.kind ? rows.find(({ name }) => name === open.name) : undefined;
  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          <FilterBox label="Find profiles" value={url.get("q") ?? ""} onChange={(q) => url.set({ q })} />
          <span className="end">
            <Link className="btn hide-s" href="/policies">
              <Icon name="board" />
              Board
            </Link>
            <WriteButton className="btn" onClick={() => url.set({ new: Profile.plural, open: undefined }, "push")}>
              <Icon name="plus" />
              New profile
            </WriteButton>
          </span>
        </div>
        {profiles.error !== null && !profiles.loaded ? (
          <Failed error={profiles.error} what="profiles" onRetry={profiles.refetch} />
        ) : !profiles.loaded ? (
          <SkeletonRows />
        ) : (
          <div className="scroll">
            {isUntold(protection) ? <VerdictToCome untold={protection} /> : <Verdict protection={protection} />}
            {shown.length === 0 ? (
              <Empty title="No profile matches" help={`${rows.length} without the filter.`} />
            ) : (
              <ProfileTable rows={shown} selected={selected?.name} />
            )}
          </div>
        )}
      </main>
      {selected !== undefined && url.get("tab") === null && url.get("new") === null ? (
        <ProfilePanel key={selected.name} row={selected} onClose={() => url.set({ open: undefined }, "push")} />
      ) : (
        (profiles.loaded || url.get("new") !== null) && <ObjectPanel openRef={open} />
      )}
    </>
  );
}

/** In the room of the verdict, so that the table stays where it is when that comes. */
function VerdictToCome({ untold }: { readonly untold: Untold }) {
  return (
    <section className="prof-top" aria-label="Who decides">
      <p className="qbar">
        <SeverityMark severity="unknown" /> <UntoldMark untold={untold} />
      </p>
      <dl className="shares">
        {["Ingress", "Egress"].map((title) => (
          <Fragment key={title}>
            <dt>{title}</dt>
            <dd>
              <span>
                <UntoldMark untold={untold} />
              </span>
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

function Verdict({ protection }: { readonly protection: ProtectionView }) {
  const { severity, lead, rest } = profilesVerdict(protection);
  return (
    <section className="prof-top" aria-label="Who decides">
      <p className="qbar">
        <SeverityMark severity={severity} /> <b className="strong">{lead}</b> <span className="muted">{rest}</span>
      </p>
      {protection.endpoints > 0 && (
        <dl className="shares">
          {(["ingress", "egress"] as const).map((direction) => (
            <Share
              key={direction}
              title={direction === "ingress" ? "Ingress" : "Egress"}
              byProfile={protection[direction].byProfile}
              total={protection.endpoints}
            />
          ))}
        </dl>
      )}
    </section>
  );
}

function Share({
  title,
  byProfile,
  total,
}: {
  readonly title: string;
  readonly byProfile: number;
  readonly total: number;
}) {
  const byPolicy = total - byProfile;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {byPolicy > 0 && (
          <span className="by-policy" style={{ flexGrow: byPolicy }}>
            policies decide for {formatCount(byPolicy)}
          </span>
        )}
        {byProfile > 0 && (
          <span className="by-profile" style={{ flexGrow: byProfile }}>
            profiles {formatCount(byProfile)}
          </span>
        )}
      </dd>
    </>
  );
}

function ProfileTable({
  rows,
  selected,
}: {
  readonly rows: readonly ProfileRow[];
  readonly selected: string | undefined;
}) {
  const url = useUrlState();
  return (
    <div className="tw profs">
      <table>
        <thead>
          <tr>
            <th>Profile</th>
            <th className="hide-s">Allows in</th>
            <th className="hide-s">Allows out</th>
            <th className="num hide-s">Endpoints</th>
            <th className="num">Decides in</th>
            <th className="num">Decides out</th>
            <th className="num hide-s">Labels</th>
          </tr>
        </thead>
        <tbody>
          {ORIGINS.map((origin) => {
            const group = rows.filter((row) => row.origin === origin);
            return (
              <Fragment key={origin}>
                {group.length > 0 && (
                  <tr className="group">
                    <th colSpan={7} scope="rowgroup">
                      {TITLES[origin]} <span className="muted">{formatCount(group.length)}</span>
                    </th>
                  </tr>
                )}
                {group.slice(0, SHOWN).map((row) => (
                  <tr key={row.name} aria-selected={row.name === selected}>
                    <td>
                      <button
                        type="button"
                        className="link-row mono"
                        onClick={() =>
                          url.set({ open: `${Profile.plural}/${row.name}`, new: undefined, tab: undefined }, "push")
                        }
                      >
                        {row.name}
                      </button>
                    </td>
                    <td className="hide-s">
                      <Allows allowance={row.ingress} />
                    </td>
                    <td className="hide-s">
                      <Allows allowance={row.egress} />
                    </td>
                    <td className="num hide-s">
                      {isUntold(row.endpoints) ? <UntoldMark untold={row.endpoints} /> : formatCount(row.endpoints)}
                    </td>
                    <td className="num">
                      <Decides count={isUntold(row.decides) ? row.decides : row.decides.ingress} />
                    </td>
                    <td className="num">
                      <Decides count={isUntold(row.decides) ? row.decides : row.decides.egress} />
                    </td>
                    <td className="num hide-s">{row.labels.length}</td>
                  </tr>
                ))}
                {group.length > SHOWN && (
                  <tr>
                    <td colSpan={7} className="muted">
                      {SHOWN} of {formatCount(group.length)}. A part of a name narrows them.
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Allows({ allowance: { action, text } }: { readonly allowance: Allowance }) {
  if (action === "none" || action === "some") return <span className="muted">{text}</span>;
  const { icon, word } = verdictMark("Allow");
  return action === "Allow" ? (
    <span className="st">
      <Icon name={icon} className={word} />
      {text}
    </span>
  ) : (
    <span>{text}</span>
  );
}

function Decides({ count }: { readonly count: number | Untold }) {
  if (isUntold(count)) return <UntoldMark untold={count} />;
  return <span className={count > 0 ? "warn" : "muted"}>{formatCount(count)}</span>;
}
