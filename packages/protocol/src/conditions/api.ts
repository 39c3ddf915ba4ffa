import { defineCondition } from "./define.ts";

interface BySilence {
  /** Its connections stand and nothing comes; else there are none. */
  readonly isSilent: boolean;
}

/** What the API server knows of itself and of those it hears. */
export const DatabaseUnreachable = defineCondition({
  code: "DatabaseUnreachable",
  severity: "error",
  about: "the API server",
  samples: [{ isSilent: false }, { isSilent: true }],
  title: ({ isSilent }: BySilence) => (isSilent ? "The database does not answer" : "The database can't be reached"),
  advice: ({ isSilent }) =>
    isSilent
      ? "Look whether Postgres is stopped, out of memory or waits for its disk. All goes on by itself when it answers."
      : "Look whether Postgres runs and listens. All recovers by itself when it is back.",
  means: "Reads and writes answer 503 until the database is back; agents keep enforcing what they hold.",
  look: "the API server's log (components `store` and `records`), Postgres' own log; `/readyz` says the same",
});

export const AgentSilent = defineCondition({
  code: "AgentSilent",
  severity: "error",
  about: "a Node",
  samples: [{ node: "node-1" }],
  title: ({ node }: { readonly node: string }) => `The agent of ${node} is no longer heard`,
  advice: "Look at the agent's process and log on that node. What it programmed stays in force meanwhile.",
  means: "The node's agent answers nobody, so nothing new reaches that node; what it enforces stays.",
  look: "the agent's process and log on that node; from there, whether it reaches the API server",
});

export const ChangeNotTurnedBack = defineCondition({
  code: "ChangeNotTurnedBack",
  severity: "error",
  about: "the API server",
  title: "An unconfirmed change could not be turned back",
  advice:
    "Read what refuses it: another object may need what the change made. Revert by hand what can be, then delete the PendingChange; it is tried again until then.",
  means: "A change set that nobody confirmed in time is still in force.",
  look: "`percale get pendingchanges`, `percale history`, and the API server's log",
});
