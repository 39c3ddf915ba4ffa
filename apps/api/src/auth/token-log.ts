import type { Logger } from "@percale/daemon";
import type { TokenRecord } from "@percale/store";

/** Tokens stand in no log of changes, so the log of the process tells who made or ended one. A record never has the secret. */
export function logTokenMade(log: Logger, token: TokenRecord, by: string): void {
  const { groups, description, expiresAt, parentId } = token;
  log.info("token made", {
    ...namesOf(token, by),
    groups,
    description,
    until: expiresAt?.toISOString() ?? "none",
    ...(parentId !== undefined && { parent: parentId }),
  });
}

export function logTokenRevoked(log: Logger, token: TokenRecord, by: string): void {
  log.info("token revoked", namesOf(token, by));
}

function namesOf({ id, subject }: TokenRecord, by: string): { user: string; token: string; subject: string } {
  return { user: by, token: id, subject };
}
