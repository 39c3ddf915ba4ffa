"use client";
import { Profile } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EndpointLinks } from "../../../parts/endpoint-links.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Sentence } from "../../../parts/sentence.tsx";
import { Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { WriteButton } from "../../../parts/write-button.tsx";
import type { RuleSpec } from "../../../policy/spec.ts";
import { useTRPC } from "../../../trpc/client.ts";
import { pathOf } from "../../../words/kinds.ts";
import { formatCount } from "../../../words/number.ts";
import { isUntold } from "../../../words/untold.ts";
import { type ProfileRow, profileWords } from "./view.ts";

const SHOWN = 20;

/** One profile: for whom it decides, what it allows, what it hands down, who has it. */
export function ProfilePanel({ row, onClose }: { readonly row: ProfileRow; readonly onClose: () => void }) {
  const url = useUrlState();
  const isDeciding = !isUntold(row.decides) && row.decides.ingress + row.decides.egress > 0;
  return (
    <Panel
      label={row.name}
      title={
        <>
          <Icon name="checks" />
          <h2>
            <span className="mono">{row.name}</span>
          </h2>
          {row.from !== undefined && (
            <span className="badge">
              <Icon name="lock" />
              from {row.origin === "namespace" ? "namespace" : "service account"} {row.from}
            </span>
          )}
        </>
      }
      tools={
        <>
          <button type="button" className="btn" onClick={() => url.set({ tab: "form" }, "push")}>
            <Icon name="edit" />
            Edit
          </button>
          <Link
            className="btn ghost icon"
            href={pathOf({ kind: Profile.kind, name: row.name })}
            aria-label="Open as page"
            title="Open as page"
          >
            <Icon name="open" />
          </Link>
        </>
      }
      onClose={onClose}
    >
      <p className="set-line strong">{profileWords(row)}</p>
      {isDeciding && (
        <p className="rowb wrap">
          <WriteButton className="btn pri" onClick={() => url.set({ new: "networkpolicies", open: undefined }, "push")}>
            Draft a policy for them
          </WriteButton>
          <Link className="btn" href="/endpoints">
            All endpoints
          </Link>
        </p>
      )}
      <section className="sect" aria-label="Rules">
        <div className="sh">
          <h3 className="h2">Rules</h3>
          <span className="muted">asked when no policy decides</span>
        </div>
        <ol className="rules">
          <Rules title="in" rules={row.ingress.rules} />
          <Rules title="out" rules={row.egress.rules} />
        </ol>
      </section>
      <section className="sect" aria-label="Labels it hands down">
        <div className="sh">
          <h3 className="h2">Labels it hands down</h3>
          <span className="field-name">spec.labelsToApply</span>
          <span className="muted">{row.labels.length}</span>
        </div>
        {row.labels.length === 0 ? (
          <p className="muted">None: endpoints have nothing of it but its rules.</p>
        ) : (
          <span className="lbls">
            {row.labels.map(([key, value]) => (
              <span key={key} className="lbl">
                {key}={value}
              </span>
            ))}
          </span>
        )}
        {row.origin === "namespace" && (
          <p className="muted sm">
            Those of the namespace: <span className="mono">kubectl label namespace {row.from} team=…</span>
          </p>
        )}
      </section>
      <Endpoints profile={row.name} />
    </Panel>
  );
}

/** The first of those that have it. */
function Endpoints({ profile }: { readonly profile: string }) {
  const list = useQuery(useTRPC().lists.endpoints.queryOptions({ profile, limit: SHOWN }));
  return (
    <section className="sect" aria-label="Endpoints">
      <div className="sh">
        <h3 className="h2">Endpoints</h3>
        {list.data !== undefined && <span className="muted">{formatCount(list.data.matched)}</span>}
      </div>
      <Loaded query={list} what="endpoints" rows={3}>
        {({ rows, matched }) => <EndpointLinks className="nets" rows={rows} matched={matched} />}
      </Loaded>
    </section>
  );
}

function Rules({ title, rules }: { readonly title: string; readonly rules: readonly RuleSpec[] }) {
  return (
    <>
      {rules.length === 0 && (
        <li className="rule prof">
          <span className="muted">{title}</span>
          <span className="muted">no rule: the next profile is asked, and behind the last everything is denied</span>
        </li>
      )}
      {rules.map((rule, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a rule is its place
        <li key={index} className="rule prof">
          <span className="muted">{title}</span>
          <Sentence rule={rule} />
        </li>
      ))}
    </>
  );
}
