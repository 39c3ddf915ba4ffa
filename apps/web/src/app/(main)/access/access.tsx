"use client";
import type { RoleView, TokenView } from "@percale/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Age, useNow } from "../../../parts/age.tsx";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Loaded } from "../../../parts/states.tsx";
import { showToast } from "../../../parts/toasts.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { failureOf, useTRPC } from "../../../trpc/client.ts";
import { Bindings } from "./bindings.tsx";
import { ChangerCard } from "./changer-card.tsx";
import { MayCard } from "./may-card.tsx";
import { NewToken } from "./new-token.tsx";
import { endWords, isOver, tokenRows, verdictOf } from "./view.ts";
import "../../../styles/access.css";

/** Who may do what: the roles, and the sessions and tokens that have them. */
export function Access() {
  usePageTitle("Access");
  const trpc = useTRPC();
  const me = useQuery(trpc.session.whoami.queryOptions());
  const roles = useQuery(trpc.access.roles.queryOptions(undefined, { staleTime: Infinity }));
  const tokens = useQuery(trpc.access.list.queryOptions());
  const now = useNow();
  const held = (group: string) =>
    tokens.data?.filter((token) => !isOver(token, now) && token.groups.includes(group)).length;
  return (
    <main className="main" id="main">
      <div className="scroll">
        <div className="pad access">
          <p className="acc-verdict">
            You are <b className="mono">{me.data?.user}</b>.{" "}
            <span className="muted">
              {tokens.data !== undefined && `${verdictOf(tokens.data, roles.data?.[0]?.group, now)}.`}
            </span>
          </p>
          <section className="card" aria-label="Roles">
            <div className="ch">
              <h2 className="h2">Roles</h2>
              <span className="muted hide-s">by the groups of a token; others are given by bindings</span>
            </div>
            <Loaded query={roles} what="roles" rows={5}>
              {(list) => (
                <ul className="acc-roles">
                  {list.map((role) => (
                    <Role
                      key={role.group}
                      role={role}
                      held={held(role.group)}
                      isYours={me.data?.groups.includes(role.group)}
                    />
                  ))}
                </ul>
              )}
            </Loaded>
          </section>
          <div className="acc-two">
            <Bindings />
            <MayCard you={me.data?.user} />
          </div>
          <div className="acc-two">
            <section className="card" aria-label="Sessions and tokens">
              <div className="ch">
                <h2 className="h2">Sessions and tokens</h2>
                <span className="muted hide-s">only hashes of their secrets are kept</span>
              </div>
              <Loaded query={tokens} what="tokens" rows={4}>
                {(list) => <TokenTable tokens={tokenRows(list, now)} nowMs={now} />}
              </Loaded>
            </section>
            <ChangerCard you={me.data?.user} />
          </div>
          {/* Below what is still coming it would jump, and without roles there is no group to choose. */}
          {roles.data !== undefined && !tokens.isPending && <NewToken roles={roles.data} />}
        </div>
      </div>
    </main>
  );
}

function Role(props: {
  readonly role: RoleView;
  readonly held: number | undefined;
  readonly isYours: boolean | undefined;
}) {
  const { group, title, may } = props.role;
  return (
    <li>
      <span className="med">
        {title} {props.isYours === true && <span className="badge">yours</span>}
      </span>
      <span className="mono muted">{group}</span>
      <span>{may}</span>
      <span className="num muted">
        {props.held === undefined ? "" : props.held === 0 ? "nobody" : `held by ${props.held}`}
      </span>
    </li>
  );
}

function TokenTable({ tokens, nowMs }: { readonly tokens: readonly TokenView[]; readonly nowMs: number }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<string>();
  const revoke = useMutation(
    trpc.access.revoke.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.access.pathKey() }),
      onError: tellFailure,
    }),
  );
  return (
    <div className="tw">
      <table className="boxed acc-tokens">
        <thead>
          <tr>
            <th>Who</th>
            <th className="hide-s">Groups</th>
            <th className="hide-s">For</th>
            <th className="hide-s">Made</th>
            <th>Ends</th>
            <th>
              <span className="vh">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => {
            const end = endWords(token, nowMs);
            const over = isOver(token, nowMs);
            return (
              <tr key={token.id} data-over={over ? "true" : undefined}>
                <td>
                  <span className="mono">{over ? <s>{token.subject}</s> : token.subject}</span>{" "}
                  <span className="muted">{token.isSession ? "session" : "token"}</span>{" "}
                  {token.isThis && <span className="badge">this browser</span>}
                </td>
                <td className="hide-s mono">{token.groups.join(", ")}</td>
                <td className="hide-s muted">{token.isSession ? "" : token.description}</td>
                <td className="hide-s muted">
                  <Age at={token.createdAt} ago />
                </td>
                <td className={end.tone === "plain" ? undefined : end.tone} title={token.expiresAt}>
                  {end.text}
                </td>
                <td className="num">
                  {!over && !token.isThis && asked !== token.id && (
                    <button type="button" className="acc-revoke" onClick={() => setAsked(token.id)}>
                      Revoke
                    </button>
                  )}
                  {!over && asked === token.id && (
                    <span className="rowb acc-sure">
                      <button type="button" className="btn mini" onClick={() => setAsked(undefined)}>
                        Keep
                      </button>
                      <button type="button" className="btn dan mini" onClick={() => revoke.mutate({ id: token.id })}>
                        Revoke {token.isSession ? "session" : "token"}
                      </button>
                    </span>
                  )}
                  {token.isThis && <span className="muted hide-s">sign out to end it</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function tellFailure(error: unknown): void {
  showToast({ tone: "failed", content: <FailureWords failure={failureOf(error)} /> });
}
