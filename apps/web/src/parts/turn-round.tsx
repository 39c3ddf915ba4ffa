"use client";
import { useUrlState } from "./url-state.ts";
import { WriteButton } from "./write-button.tsx";

/** Begins the draft of a policy that turns the answer round, beside the page that asked. */
export function TurnRound({ denied, className }: { readonly denied: boolean; readonly className: string }) {
  const url = useUrlState();
  const verdict = denied ? "Allow" : "Deny";
  return (
    <WriteButton
      className={className}
      onClick={() => url.set({ new: "networkpolicies", verdict, open: undefined, tab: undefined }, "push")}
    >
      {verdict} this…
    </WriteButton>
  );
}
