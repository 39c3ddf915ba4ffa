import type { IncomingMessage, ServerResponse } from "node:http";
import type { Datastore } from "@percale/store";
import type { Identity } from "../auth/identity.ts";
import type { ObjectRoute } from "./route.ts";
import type { Filter } from "./selectors.ts";

/** One call on objects of a kind. */
export interface ObjectRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: ObjectRoute;
  readonly query: URLSearchParams;
  readonly store: Datastore;
  readonly identity: Identity;
  /** Of many objects, those that it may be about; absent: all. */
  readonly scope?: Filter | undefined;
  /** For what stays open: aborted with a StatusError when the credential ends. */
  readonly ended?: AbortSignal;
}
