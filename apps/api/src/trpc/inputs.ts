import { z } from "zod";
import { changes, objectRef } from "../bodies/change-set.ts";

export { changeSet, objectRef } from "../bodies/change-set.ts";

/** Everything from outside is parsed here once. Objects themselves are checked by admission, which names every field. */
const name = z.string().min(1).max(253);
const limit = z.int().min(1).max(1_000);
const revision = z.int().min(0);
const text = z.string().max(4_096);

export const kindInput = z.strictObject({ kind: z.string() });
export const listInput = z.strictObject({
  kind: z.string(),
  namespace: name.exactOptional(),
  /** Absent for the first page. */
  after: z.strictObject({ revision, namespace: name.exactOptional(), name }).exactOptional(),
});
export const signInInput = z.strictObject({ token: z.string().min(1).max(512) });
export const changesInput = z.strictObject({ limit: limit.default(50), before: revision.optional() });
export const changeSetsInput = z.strictObject({
  limit: z.int().min(1).max(200).default(50),
  before: revision.exactOptional(),
  q: text.exactOptional(),
  /** Comma lists; a leading `!` negates. */
  author: text.exactOptional(),
  kind: text.exactOptional(),
  /** Those of agents too. */
  system: z.boolean().default(false),
});
/** Any revision of the set. */
export const changeSetInput = z.strictObject({ revision });
export const effectsInput = z.strictObject({ of: z.array(revision).max(200) });
export const revertInput = z.strictObject({
  /** Any revision of the change set. */
  revision,
  /** Refuse unless this is still the newest revision of every object of the set. */
  resourceVersionPrecondition: z.string().max(20).optional(),
  reason: z.string().max(1_024).optional(),
});
/** `lastEventId` is what tRPC sends by itself when it resumes. */
export const sinceInput = z
  .object({ since: revision.optional(), lastEventId: z.string().max(20).nullish() })
  .optional();

export const nodeInput = z.strictObject({ node: name });

export const releaseInput = z.strictObject({ address: z.string().min(1).max(64), force: z.boolean().default(false) });

const port = z.int().min(1).max(65_535);
const protocol = z.union([z.string().min(1).max(16), z.int().min(1).max(255)]);

export const explainInput = z.strictObject({
  /** `namespace/name` of a workload endpoint, or an address. */
  from: text.min(1),
  to: text.min(1),
  protocol: protocol.default("TCP"),
  port: port.optional(),
  ipVersion: z.union([z.literal(4), z.literal(6)]).optional(),
});

export const protectionInput = z.strictObject({});
export const shadowsInput = z.strictObject({});
export const setUseInput = z.strictObject({});
export const profileUseInput = z.strictObject({});
export const coverageInput = z.discriminatedUnion("per", [
  /** Of these: `kind/namespace/name`; absent: of all. */
  z.strictObject({ per: z.literal("policy"), of: z.array(z.string().max(640)).max(1_000).exactOptional() }),
  /** Of these: `namespace/name`. */
  z.strictObject({ per: z.literal("endpoint"), of: z.array(z.string().max(512)).max(1_000) }),
]);

/** A part of a list that the server filters and sorts; keys as in the address of the page. */
const part = {
  q: text.exactOptional(),
  /** Comma list; a leading `!` negates it. */
  ns: text.exactOptional(),
  at: z.int().min(0).default(0),
  limit: z.int().min(1).max(200).default(100),
};
const openness = z.enum(["open", "partly", "closed"]);
export const endpointsInput = z.strictObject({
  ...part,
  node: text.exactOptional(),
  /** One that selects them. */
  policy: objectRef.exactOptional(),
  /** The name of one that they have. */
  profile: name.exactOptional(),
  ingress: openness.exactOptional(),
  egress: openness.exactOptional(),
  sort: z.string().max(64).default("name"),
  /** Of `sort=state`, which agents tell and the asker knows: `namespace/name` of those that come first. */
  first: z.array(z.string().max(512)).max(1_000).exactOptional(),
});
/** `shop/frontend`, `frontend`, the object's name, or an address. */
export const endpointInput = z.strictObject({ name: text.min(1) });
export const objectsInput = z.strictObject({
  ...part,
  kind: z.string().max(64),
  sort: z.string().max(64).default("Name"),
});

/** Policies that are elsewhere in a draft: in this tier, at this order. */
const moves = z
  .array(
    z.strictObject({
      kind: z.string().max(64),
      namespace: name.exactOptional(),
      name,
      tier: name,
      order: z.number(),
    }),
  )
  .max(20_000)
  .default([]);
const { q, ns, limit: partLimit } = part;
export const boardInput = z.strictObject({
  q,
  ns,
  moves,
  /** So many cards of each tier, if it is not said of which ones are wanted. */
  first: partLimit,
  /** The cards on screen. */
  windows: z
    .array(z.strictObject({ tier: name, at: part.at, limit: partLimit }))
    .max(200)
    .exactOptional(),
});
export const policiesInput = z.strictObject({ ...part, moves, sort: z.string().max(64).default("place") });
export const tierOrderInput = z.strictObject({ tier: name, moves });

export const searchInput = z.strictObject({ text: z.string().max(512) });

export const matchesInput = z.discriminatedUnion("per", [
  z.strictObject({ per: z.literal("selector"), selector: text }),
  z.strictObject({ per: z.literal("policy"), ref: objectRef }),
  /** Of those whose full name has this in it: `node1/k8s/shop.cart/eth0`. */
  z.strictObject({ per: z.literal("endpoint"), contains: text }),
  z.strictObject({ per: z.literal("node"), node: name }),
]);

const portQuestion = z.strictObject({ protocol, port: port.optional() });
export const matrixInput = z.strictObject({
  /** All pairs of workload endpoints if absent. */
  pairs: z
    .array(z.strictObject({ from: text, to: text }))
    .max(10_000)
    .optional(),
  /** Each target's declared ports if absent. */
  ports: z.array(portQuestion).max(64).optional(),
});
export const impactInput = z.strictObject({ changes });
export const selectorInput = z.strictObject({
  selector: text,
  namespaceSelector: text.exactOptional(),
  /** Of what a policy applies to. */
  serviceAccountSelector: text.exactOptional(),
  /** Where it stands: what a policy applies to, or the other side of a rule; with the policy's own namespace, if it has one. */
  scope: z
    .strictObject({ of: z.enum(["policy", "peer"]).default("peer"), namespace: name.exactOptional() })
    .exactOptional(),
  /** So many are named. Absent: all. */
  first: z.int().min(0).max(1_000).exactOptional(),
});
export const termsInput = z.strictObject({});

export const labProbe = z.strictObject({
  from: text,
  to: text,
  port: z.int().min(0).max(65_535).optional(),
  proto: z.string().max(16),
  allowed: z.boolean(),
  at: z.iso.datetime(),
  latencyMs: z.number().min(0).optional(),
});
const workload = z.strictObject({
  name: text,
  namespace: text,
  node: text.optional(),
  addresses: z.array(text).max(16),
  labels: z.record(z.string(), z.string()),
  ports: z.array(z.strictObject({ port, protocol: z.string().max(16), name: text.optional() })).max(64),
});
export const labReport = z.strictObject({
  probes: z.array(labProbe).max(20_000),
  workloads: z.array(workload).max(1_000),
});
export type LabReport = z.output<typeof labReport>;

export const tokenInput = z.strictObject({
  subject: z.string().min(1).max(253),
  groups: z.array(z.string().min(1).max(253)).max(32).default([]),
  description: z.string().max(1_024).default(""),
  /** Absent: never. */
  ttlSeconds: z.int().min(1).optional(),
});
/** Of resources as kubectl writes them: `networkpolicies`, `tiers.projectcalico.org`, `ippools/status`. */
export const mayInput = z.strictObject({
  user: z.string().min(1).max(253),
  groups: z.array(z.string().min(1).max(253)).max(32).default([]),
  verb: z.string().min(1).max(64),
  resource: z.string().min(1).max(253),
  namespace: name.exactOptional(),
  name: name.exactOptional(),
  /** Of policies: in this tier. */
  tier: name.exactOptional(),
});
export const tokenRef = z.strictObject({ id: z.string().min(1).max(64) });
