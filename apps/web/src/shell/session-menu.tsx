"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useMe, useRights } from "../live/rights.ts";
import { Popover } from "../parts/popover.tsx";
import { useTRPC } from "../trpc/client.ts";
import { applyTheme } from "./theme.ts";

export function SessionMenu() {
  const trpc = useTRPC();
  const me = useMe();
  const signOut = useMutation(
    trpc.session.signOut.mutationOptions({ onSuccess: () => globalThis.location.assign("/signin") }),
  );
  const { readOnly } = useRights();
  const name = me?.user ?? "";
  return (
    <>
      {readOnly !== undefined && (
        <span className="badge ro" title={readOnly}>
          Read-only
        </span>
      )}
      <Popover label={`Signed in as ${name}`} button={<span className="avatar">{initials(name)}</span>}>
        {(close) => (
          <div className="menu">
            <p className="menu-head">
              <b className="med">{name}</b>
              <span className="muted sm">{me?.groups.join(", ")}</span>
            </p>
            <hr />
            <button type="button" className="only-s" onClick={() => applyTheme("dark")}>
              Dark theme
            </button>
            <button type="button" className="only-s" onClick={() => applyTheme("light")}>
              Light theme
            </button>
            <Link href="/settings?tab=appearance" onClick={close}>
              Your settings
            </Link>
            <button type="button" onClick={() => signOut.mutate()}>
              Sign out
            </button>
          </div>
        )}
      </Popover>
    </>
  );
}

/** `priya.nair` → `PN`, `admin` → `A`. */
function initials(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== "")
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join("");
}
