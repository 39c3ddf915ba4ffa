import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { ConditionView } from "../trpc/views.ts";
import { clientCertificate } from "./client-certificate.ts";
import type { TestApi } from "./test-api.ts";

/** Asks with a client certificate, as the kubeconfig has one: no database is needed to believe it. */
export async function conditionsOf({
  api,
  ca,
  dataDir,
}: TestApi): Promise<() => Promise<readonly ConditionView[] | undefined>> {
  const subject = "CN=admin, O=system:masters";
  const pair = await clientCertificate(join(dataDir, "pki"), { subject, endsAt: Date.now() + 59_000 });
  const options = { ca, cert: pair.certificate, key: pair.key };
  return async () => {
    const [answer] = (await once(get(`${api.url}/trpc/health.conditions`, options), "response")) as [IncomingMessage];
    return ((await json(answer)) as { readonly result?: { readonly data: readonly ConditionView[] } }).result?.data;
  };
}
