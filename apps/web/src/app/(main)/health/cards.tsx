"use client";
import { PATIENCE } from "@percale/protocol/shown";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { BEATS } from "../../../live/heard.ts";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Loaded } from "../../../parts/states.tsx";
import { useTRPC } from "../../../trpc/client.ts";
import { formatClock } from "../../../words/time.ts";
import { stepOfUse } from "../ippools/view.ts";
import { type Lane, lanes, type Near, type Watched } from "./view.ts";

/** What is asked again and again whether it is there, and how it answered the last times. */
export function WatchedCard({ parts }: { readonly parts: readonly Watched[] }) {
  return (
    <section className="card" aria-label="What is watched">
      <div className="ch">
        <h2 className="h2">What is watched</h2>
        <span className="muted">last {BEATS} beats</span>
        <span className="end">heard</span>
      </div>
      <ul className="watched">
        {parts.map(({ title, href, count, severity, text, ages, heard }) => (
          <li key={title}>
            <SeverityMark severity={severity} />
            <Named title={title} href={href} />
            <span className="num muted">{count}</span>
            <span className={severity === "critical" ? "deny ell" : severity === "warning" ? "warn ell" : "muted ell"}>
              {text}
            </span>
            <Beats title={title} ages={ages} />
            <span className="num">{heard}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Named({ title, href }: { readonly title: string; readonly href: string | undefined }) {
  return href === undefined ? <span>{title}</span> : <Link href={href}>{title}</Link>;
}

const BAR_PX = 4;
const HIGH_PX = 14;

/** A bar for each beat, the higher the longer ago it was heard; late ones in amber. */
function Beats({ title, ages }: { readonly title: string; readonly ages: readonly number[] }) {
  if (ages.length === 0) return <span className="beats" />;
  const slowest = Math.max(...ages);
  return (
    <svg
      className="beats"
      width={BEATS * BAR_PX}
      height={HIGH_PX}
      role="img"
      aria-label={`${title}: at the last ${ages.length} beats heard at most ${(slowest / 1_000).toFixed(1)} s before`}
    >
      {ages.map((ms, index) => {
        const high = Math.max(4, Math.min(1, ms / PATIENCE.heardMs) * HIGH_PX);
        const x = (BEATS - ages.length + index) * BAR_PX;
        const isLate = ms >= PATIENCE.heardMs;
        return (
          <rect
            key={x}
            className={isLate ? "late" : undefined}
            x={x}
            y={HIGH_PX - high}
            width={BAR_PX - 1.5}
            height={high}
          />
        );
      })}
    </svg>
  );
}

/** What would fire next. */
export function NearCard({ near }: { readonly near: readonly Near[] }) {
  const over = near.filter(({ share }) => share >= 1).length;
  return (
    <section className="card" aria-label="Nearest to a threshold">
      <div className="ch">
        <h2 className="h2">Nearest to a threshold</h2>
        <span className={over > 0 ? "warn" : "muted"}>{over > 0 ? `${over} over it` : "what would be next"}</span>
      </div>
      <ul className="near">
        {near.map(({ title, href, note, share, text }) => (
          <li key={title}>
            <div>
              <Named title={title} href={href} />
              <p className="muted sm">{note}</p>
            </div>
            <span className="util" role="img" aria-label={`${Math.round(share * 100)} % of the threshold`}>
              <i className={`u${Math.max(3, stepOfUse(share))}`} style={{ width: `${Math.max(share * 100, 1)}%` }} />
            </span>
            <span className={share >= 1 ? "num warn" : "num muted"}>{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const MOST_LANES = 12;
const LOOK_MS = 15_000;

/** Each condition when it held, over the last day. */
export function DayCard({ isWide }: { readonly isWide: boolean }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.health.history.queryOptions(undefined, { refetchInterval: LOOK_MS }));
  return (
    <section className={isWide ? "card wide" : "card"} aria-label="24 hours">
      <div className="ch">
        <h2 className="h2">24 hours</h2>
        <span className="muted">each condition when it held</span>
      </div>
      <Loaded query={query} what="when conditions held" rows={3}>
        {(history) => {
          const all = lanes(history);
          return all.length === 0 ? (
            <p className="cb muted">No condition held since the server began to watch.</p>
          ) : (
            <Lanes all={all} at={Date.parse(history.at)} />
          );
        }}
      </Loaded>
    </section>
  );
}

const HOUR_MS = 3_600_000;
const TICKS = [24, 18, 12, 6];

function Lanes({ all, at }: { readonly all: readonly Lane[]; readonly at: number }) {
  const shown = all.slice(0, MOST_LANES);
  return (
    <div className="lanes">
      <ul>
        {shown.map(({ id, title, severity, holds, spells }) => (
          <li key={id}>
            <span className={holds ? "ell" : "ell muted"} title={title}>
              {title}
            </span>
            <span className="lane">
              {spells.map(({ from, to, words }) => (
                <i
                  key={`${from} ${to}`}
                  className={severity}
                  style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
                  title={words}
                >
                  <span className="vh">{words}</span>
                </i>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <p className="lane-axis muted sm">
        <span />
        <span className="ticks">
          {TICKS.map((hours) => (
            <span key={hours}>{formatClock(at - hours * HOUR_MS).slice(0, 5)}</span>
          ))}
          <span>now</span>
        </span>
      </p>
      {all.length > MOST_LANES && <p className="muted sm">and {all.length - MOST_LANES} more that are over</p>}
    </div>
  );
}
