import { cniCodes, exitCodes } from "@percale/protocol";
import { STATUS_REASONS } from "@percale/resources";
import { code, page, prose, table } from "./markdown.ts";

const ERRORS = `Every refusal of the API is a Kubernetes \`Status\` with one of these reasons: over REST as the body, over tRPC in
\`error.data.status\`. \`percale\` and \`kubectl\` print its message and exit 1.

**Where to look.** \`details.requestId\`, which every answer also bears as \`Audit-Id\` (a caller may choose it: \`Audit-ID\` or \`X-Request-Id\`
in the request), stands on every line that the request left in the API server's log (\`requestId\`). A refused write is the line
\`write refused\` (a rehearsal leaves none); an accepted one stands under the same id in Activity.`;

export function errorsPage(): string {
  const rows = Object.entries(STATUS_REASONS).map(([reason, { http, trpc, means, advice }]) => [
    code(reason),
    String(http),
    code(trpc),
    prose(means),
    prose(advice),
  ]);
  return page(
    "Errors of the API",
    "packages/resources/src/status-reasons.ts",
    ERRORS,
    table(["reason", "HTTP", "tRPC", "it means", "do"], rows),
  );
}

export function exitCodesPage(): string {
  return page(
    "Exit codes",
    "packages/protocol/src/exit-codes.ts",
    "128 + n: ended by signal n, or by a second signal while it was stopping.",
    ...Object.entries(exitCodes).flatMap(([program, codes]) => [
      `## ${program}`,
      table(
        ["exit", "it means", "do"],
        Object.values(codes).map(({ code: exit, means, advice }) => [String(exit), prose(means), prose(advice)]),
      ),
    ]),
  );
}

const CNI = `What \`percale-cni\` prints when a call fails, and kubelet shows as
\`plugin type="percale-cni" failed (add): <msg>; <details> (request <id>)\`. Below 100 the codes are those of the
[CNI specification](https://www.cni.dev/docs/spec/#error); from 100 on they are Percale's, and stable.

**Where to look.** Search the node agent's log for the id at the end: the line \`CNI call failed\`, and those before it. If the API server
had a part in it, its log has lines with the same \`requestId\`, and so has the change set in Activity. An error without an id comes from
the client itself: it did not reach the agent.`;

export function cniErrorsPage(): string {
  const rows = Object.values(cniCodes).map(({ code: number, title, means, advice }) => [
    String(number),
    prose(title),
    prose(means),
    prose(advice),
  ]);
  return page(
    "CNI errors",
    "packages/protocol/src/cni-codes.ts",
    CNI,
    table(["code", "what is so", "it means", "do"], rows),
  );
}
