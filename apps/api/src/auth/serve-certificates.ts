import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Logger } from "@percale/daemon";
import { badRequest, formatIssue, parseOutside, StatusError } from "@percale/resources";
import { readQuestion } from "../bodies/body.ts";
import { sendJson } from "../rest/respond.ts";
import { requireAllowed, requireAs } from "./authorize.ts";
import { authorOf } from "./identity.ts";
import type { Identity } from "./identity.ts";
import type { Issuer } from "./pki.ts";
import { readRequest, signRequest } from "./sign-request.ts";

/** Where client certificates are made. */
export const CERTIFICATES_PATH = "/certificates/v1";
const DAY_SECONDS = 86_400;

const body = z.strictObject({
  /** PKCS #10 in PEM; the key never gets here. */
  request: z.string().max(16_384),
  /** Nobody can revoke a certificate: it is as long as it lasts. */
  expirationSeconds: z
    .int()
    .min(600)
    .max(365 * DAY_SECONDS)
    .default(90 * DAY_SECONDS),
});

interface CertificateCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly identity: Identity;
  readonly issuer: () => Promise<Issuer>;
  readonly log: Logger;
}

/** POST: signs a request for whoever it names, if who asks may make certificates and is, or may act as, that one. */
export async function serveCertificates({ request, response, identity, issuer, log }: CertificateCall): Promise<void> {
  if (request.method !== "POST")
    throw new StatusError("MethodNotAllowed", `${request.method} is not supported on ${CERTIFICATES_PATH}: use POST`);
  requireAllowed(identity, { verb: "create", group: "access.percale.io", resource: "certificates" });
  const parsed = parseOutside(body, await readQuestion(request));
  if ("issues" in parsed) throw badRequest(parsed.issues.map(formatIssue).join(", "), parsed.issues);
  const wanted = await readRequest(parsed.data.request);
  const { subject, groups } = wanted;
  requireAs(identity, { subject, groups });
  const authority = await issuer();
  const { certificate, expiresAt } = await signRequest(wanted, {
    issuer: authority,
    ttlSeconds: parsed.data.expirationSeconds,
  });
  log.info("certificate made", { user: authorOf(identity), subject, groups, until: expiresAt.toISOString() });
  const answer = { certificate, ca: authority.certificate, expirationTimestamp: expiresAt.toISOString() };
  sendJson(response, 201, JSON.stringify(answer));
}
