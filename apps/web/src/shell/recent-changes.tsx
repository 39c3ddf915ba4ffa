"use client";
import dynamic from "next/dynamic";
import Link from "next/link";
import { Popover } from "../parts/popover.tsx";
import { SkeletonRows } from "../parts/states.tsx";

const ChangeList = dynamic(async () => (await import("./change-list.tsx")).ChangeList, {
  ssr: false,
  loading: () => <SkeletonRows rows={4} />,
});

/** The last writes of anyone, on every page. */
export function RecentChanges() {
  return (
    <Popover className="hide-s" label="Recent changes" button="Changes">
      {(close) => (
        <div className="recent">
          <ChangeList onLeave={close} />
          <Link className="link" href="/activity" onClick={close}>
            All activity
          </Link>
        </div>
      )}
    </Popover>
  );
}
