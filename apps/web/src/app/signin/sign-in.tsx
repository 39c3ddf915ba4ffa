"use client";
import { VERSION } from "@percale/protocol/shown";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { Mark } from "../../parts/mark.tsx";
import { failureOf, useTRPC } from "../../trpc/client.ts";

/** One token, exchanged for a session cookie that scripts cannot read. */
export function SignIn({ next }: { readonly next: string }) {
  const trpc = useTRPC();
  const [token, setToken] = useState("");
  const methods = useQuery(trpc.session.methods.queryOptions());
  const host = useSyncExternalStore(neverChanges, hostHere, nowhere);
  const signIn = useMutation(
    trpc.session.signIn.mutationOptions({
      onSuccess: () => {
        globalThis.location.assign(next);
      },
    }),
  );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== "") signIn.mutate({ token: token.trim() });
  };
  const error = signIn.error === null ? undefined : wordsOf(signIn.error);
  return (
    <div className="signin">
      <main>
        <div className="box">
          <div className="logo">
            <Mark />
            <span>Percale</span>
          </div>
          <form onSubmit={onSubmit}>
            <h1>Sign in</h1>
            <p className="lead">
              {next === "/"
                ? "See and change the network of this cluster."
                : `You will return to ${next.split("?")[0]}.`}
            </p>
            <label className="lab" htmlFor="token">
              Token
            </label>
            <input
              id="token"
              className="in mono"
              type="password"
              value={token}
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has no other purpose
              autoFocus
              autoComplete="off"
              spellCheck={false}
              aria-invalid={error !== undefined}
              aria-describedby="token-hint token-error"
              onChange={(event) => setToken(event.target.value)}
            />
            <p className="hint err" id="token-error" role="alert">
              {error}
            </p>
            <p className="hint" id="token-hint">
              The first start wrote it to <code>.percale/admin-token</code> on the server. It is exchanged once and not
              kept in the browser.
            </p>
            <button type="submit" className="btn pri" disabled={signIn.isPending || signIn.isSuccess}>
              {signIn.isPending || signIn.isSuccess ? "Signing in" : "Sign in"}
            </button>
          </form>
          {methods.data?.oidc !== undefined && (
            <a className="btn" href={`/oidc/login?next=${encodeURIComponent(next)}`}>
              Sign in with {hostOf(methods.data.oidc.issuer)}
            </a>
          )}
          <dl>
            <dt>Server</dt>
            <dd className="mono">{host}</dd>
          </dl>
        </div>
      </main>
      <footer>Percale {VERSION}</footer>
    </div>
  );
}

function wordsOf(error: unknown): string {
  const failure = failureOf(error);
  if (failure.kind === "signedOut" || failure.kind === "forbidden")
    return "This token is not known here, or it ended. Check that all of it was pasted.";
  return failure.message;
}

/** People know their provider by its name. */
function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}

const neverChanges = () => () => undefined;
const hostHere = () => globalThis.location.host;
/** While the server renders. */
const nowhere = () => "";
