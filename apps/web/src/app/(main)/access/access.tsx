"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { TextField } from "../../../editor/fields.tsx";
import { Age } from "../../../parts/age.tsx";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { useRights } from "../../../live/rights.ts";
import { Loaded } from "../../../parts/states.tsx";
import { showToast } from "../../../parts/toasts.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { failureOf, useTRPC } from "../../../trpc/client.ts";

/** Who may do what: your own rights, tokens, a new token (shown once). */
export function Access() {
  usePageTitle("Access");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useQuery(trpc.session.whoami.queryOptions());
  const tokens = useQuery(trpc.access.list.queryOptions());
  const revoke = useMutation(
    trpc.access.revoke.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.access.pathKey() }),
      onError: tellFailure,
    }),
  );
  return (
    <main className="main" id="main">
      <div className="scroll">
        <div className="pad access">
          <section className="card" aria-label="You">
            <div className="ch">
              <h2 className="h2">You</h2>
              <span className="mono">{me.data?.user}</span>
            </div>
            <Loaded query={me} what="your rights" rows={2}>
              {({ groups, rights }) => (
                <dl className="kv cb">
                  <dt>Groups</dt>
                  <dd>{groups.length === 0 ? "none" : groups.join(", ")}</dd>
                  <dt>You may</dt>
                  <dd>{rightsWords(rights)}</dd>
                </dl>
              )}
            </Loaded>
          </section>
          <section className="card" aria-label="Tokens">
            <div className="ch">
              <h2 className="h2">Tokens</h2>
              <span className="muted">their secrets are stored as hashes only</span>
            </div>
            <Loaded query={tokens} what="tokens" rows={4}>
              {(list) => (
                <div className="tw">
                  <table className="boxed">
                    <thead>
                      <tr>
                        <th>Subject</th>
                        <th className="hide-s">Groups</th>
                        <th className="hide-s">For</th>
                        <th>Created</th>
                        <th>Ends</th>
                        <th>
                          <span className="vh">Revoke</span>
                        </th>
                      </tr>
                    </thead>
                    <tbody>
                      {list.map((token) => (
                        <tr key={token.id}>
                          <td className="mono">
                            {token.revokedAt === undefined ? token.subject : <s>{token.subject}</s>}
                          </td>
                          <td className="hide-s">{token.groups.join(", ")}</td>
                          <td className="muted hide-s">{token.description}</td>
                          <td className="muted">
                            <Age at={token.createdAt} />
                          </td>
                          <td className="muted">
                            {token.revokedAt === undefined
                              ? token.expiresAt === undefined
                                ? "never"
                                : new Date(token.expiresAt).toISOString().slice(0, 10)
                              : "revoked"}
                          </td>
                          <td className="num">
                            {token.revokedAt === undefined && (
                              <button type="button" className="btn dan" onClick={() => revoke.mutate({ id: token.id })}>
                                Revoke
                              </button>
                            )}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
            </Loaded>
          </section>
          <NewToken />
        </div>
      </div>
    </main>
  );
}

function NewToken() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [subject, setSubject] = useState("");
  const [groups, setGroups] = useState("");
  const [description, setDescription] = useState("");
  const { notAdmin } = useRights();
  const create = useMutation(
    trpc.access.createToken.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.access.pathKey() }),
    }),
  );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      subject: subject.trim(),
      groups: groups.split(/[\s,]+/).filter((group) => group !== ""),
      description: description.trim(),
    });
  };
  return (
    <section className="card" aria-label="New token">
      <div className="ch">
        <h2 className="h2">New token</h2>
      </div>
      <form className="cb" onSubmit={onSubmit}>
        <div className="schema-grid">
          <TextField
            label="Subject"
            mono
            value={subject}
            onChange={setSubject}
            placeholder="ci"
            hint="Shown as the author in Activity."
          />
          <TextField
            label="Groups"
            mono
            value={groups}
            onChange={setGroups}
            placeholder="percale:viewers"
            hint="percale:viewers reads, percale:editors writes policy, system:monitoring scrapes metrics, system:masters does all."
          />
          <TextField label="For" value={description} onChange={setDescription} placeholder="nightly job" />
        </div>
        {create.error !== null && (
          <p className="hint err">
            <FailureWords failure={failureOf(create.error)} />
          </p>
        )}
        {create.data !== undefined && (
          <div className="note w token-note" role="status">
            <Icon name="lock" />
            <div>
              <b>Copy it now; it is not shown again.</b>
              <p className="mono">{create.data.token}</p>
            </div>
            <button
              type="button"
              className="btn right"
              onClick={() => void navigator.clipboard.writeText(create.data.token)}
            >
              <Icon name="copy" />
              Copy
            </button>
          </div>
        )}
        <button
          type="submit"
          className="btn pri token-go"
          title={notAdmin}
          disabled={notAdmin !== undefined || subject.trim() === "" || create.isPending}
        >
          Create token
        </button>
      </form>
    </section>
  );
}

function rightsWords(rights: { readonly read: boolean; readonly write: boolean; readonly admin: boolean }): string {
  const words = [
    rights.read && "see everything",
    rights.write && "change policy and network",
    rights.admin && "manage tokens",
  ].filter((word) => word !== false);
  return words.length === 0 ? "nothing" : words.join(", ");
}

function tellFailure(error: unknown): void {
  showToast({ tone: "failed", content: <FailureWords failure={failureOf(error)} /> });
}
