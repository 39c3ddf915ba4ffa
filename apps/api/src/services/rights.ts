import { ClusterRoleBinding, refOf, resourceDefinitions, Role, RoleBinding, ServiceAccount } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { decide, requireAllowed } from "../auth/authorize.ts";
import { withAuthenticated } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import { isTiered, judgeTier } from "../auth/tiers.ts";
import type { BindingView, MayView } from "../trpc/views.ts";
import { sightOf } from "./seen.ts";
import type { Services } from "./services.ts";

const BUILT_IN = "kubernetes.io/bootstrapping";

/** What the page of access asks about roles. */
export function rightsServices(store: Datastore): Pick<Services["access"], "bindings" | "may"> {
  return {
    bindings: async (identity) => {
      const sees = sightOf(identity) ?? (() => true);
      const lists = await Promise.all([ClusterRoleBinding.kind, RoleBinding.kind].map((kind) => store.list({ kind })));
      return lists.flatMap(({ items }) => items.filter(sees).map(bindingView));
    },
    may: (question, identity) => {
      const { user, groups, verb, resource, namespace, name, tier } = question;
      const isSelf = user === identity.user && groups.length === 0;
      if (!isSelf)
        requireAllowed(identity, { verb: "create", group: "authorization.k8s.io", resource: "subjectaccessreviews" });
      const { authorizer } = identity;
      const who: Identity = isSelf
        ? identity
        : { user, groups: withAuthenticated(groups), method: "token", ...(authorizer !== undefined && { authorizer }) };
      const about = resourceIn(resource);
      const scope = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
      const decision = decide(who, { verb, ...about, ...scope });
      if (!decision.allowed || tier === undefined) return wordsOf(decision);
      const kind = resourceDefinitions.find(
        (one) => one.group === about.group && one.servedPlural === about.resource,
      )?.kind;
      if (kind === undefined || !isTiered({ kind })) return wordsOf(decision);
      const verdict = judgeTier((asked) => decide(who, asked).allowed, tier, { verb, kind, ...scope });
      if (verdict === "allowed") return wordsOf(decision);
      const why =
        verdict === "no tier"
          ? `may not get the tier ${tier}`
          : `has no right to ${verb} tier.${about.resource} in ${tier}.*`;
      return { allowed: false, reason: why };
    },
  };
}

function wordsOf({ allowed, reason }: MayView): MayView {
  return { allowed, reason: reason === "" ? "no role that is bound to them allows it" : reason };
}

/** `plural[.group][/subresource]`; without a group the first of ours that has the plural. */
function resourceIn(text: string): {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
} {
  const [whole = "", subresource] = text.split("/");
  const dot = whole.startsWith("tier.") ? whole.indexOf(".", 5) : whole.indexOf(".");
  const [resource, stated] = dot < 0 ? [whole, undefined] : [whole.slice(0, dot), whole.slice(dot + 1)];
  const known = resourceDefinitions.find(({ servedPlural }) => servedPlural === resource.replace(/^tier\./, ""));
  const group = stated ?? known?.group ?? "";
  return { group, resource, ...(subresource !== undefined && { subresource }) };
}

function bindingView(object: KubeObject): BindingView {
  const { roleRef, subjects = [] } = object as RoleBinding; // a ClusterRoleBinding has the same fields
  const { namespace, labels } = object.metadata;
  const { kind, name } = roleRef;
  return {
    ref: refOf(object),
    role: kind === Role.kind && namespace !== undefined ? { kind, namespace, name } : { kind, name },
    subjects: subjects.map((one) => {
      const isAccount = one.kind === ServiceAccount.kind;
      return `${one.kind} ${isAccount ? `${one.namespace}/${one.name}` : one.name}`;
    }),
    ...(namespace !== undefined && { namespace }),
    isBuiltIn: labels?.[BUILT_IN] !== undefined,
  };
}
