import { expect, test } from "vitest";
import { API_VERSION, profileOfNamespace, profileOfServiceAccount } from "@percale/resources";
import type { Change } from "@percale/protocol";
import { refOfProposal } from "../admission/proposal.ts";
import { authorize, refusalOf } from "./authorize.ts";
import { NODES_GROUP } from "./identity.ts";
import type { Identity } from "./identity.ts";

const node: Identity = { user: "system:node:n1", groups: [NODES_GROUP], method: "token" };

function profile(op: "create" | "update", name: string): Change {
  return { op, object: { apiVersion: API_VERSION, kind: "Profile", metadata: { name }, spec: {} } };
}

function profileOf(name: string): Change {
  const [prefix, namespace = "", account = ""] = name.split(".");
  return {
    op: "create",
    object: prefix === "kns" ? profileOfNamespace(namespace) : profileOfServiceAccount(namespace, account),
  };
}

/** As admission does: the change by its verb, then the object inside the commit. */
function judge(change: Change): void {
  authorize(node, change.op, refOfProposal(change));
  if (change.op === "delete") return;
  const lookup = { get: () => undefined, list: () => [] };
  const refusal = refusalOf(node, { operation: change.op, object: change.object, lookup });
  if (refusal !== undefined) throw refusal;
}

test.each(["kns.shop", "ksa.shop.default"])("a node may make the profile %s, which its endpoints need", (name) => {
  expect(() => judge(profileOf(name))).not.toThrow();
});

test.each([
  ["make a profile of another name", profile("create", "percale"), "a node makes only profiles of namespaces"],
  ["change a profile", profile("update", "kns.shop"), "cannot update"],
  ["delete a profile", { op: "delete", ref: { kind: "Profile", name: "kns.shop" } } as const, "cannot delete"],
])("a node may not %s", (_, change, words) => {
  expect(() => judge(change)).toThrow(words);
});
