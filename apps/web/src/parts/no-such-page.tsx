"use client";
import Link from "next/link";
import { usePageTitle } from "../shell/title.ts";
import { Empty } from "./states.tsx";

/** For an address that leads to nothing of ours. */
export function NoSuchPage({ path }: { readonly path: string }) {
  usePageTitle("Not found");
  return (
    <main className="main" id="main">
      <Empty
        title="No such page"
        help={
          <>
            Nothing here is called <span className="mono">{path}</span>. The search (⌘K) finds pages, objects and
            addresses.
          </>
        }
        action={
          <Link className="btn" href="/">
            Overview
          </Link>
        }
      />
    </main>
  );
}
