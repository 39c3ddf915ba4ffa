import { expect, test } from "vitest";
import { managerOf } from "./managed.ts";

const owner = { apiVersion: "v1", kind: "Node", name: "n1", uid: "1" };

test.each([
  [{ annotations: { "argocd.argoproj.io/tracking-id": "shop:a" } }, {}, "Managed by Argo CD"],
  [{ labels: { "argocd.argoproj.io/instance": "shop" } }, {}, "Managed by Argo CD"],
  [{ labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }, {}, "Managed by Flux"],
  [{ labels: { "helm.toolkit.fluxcd.io/name": "shop" } }, {}, "Managed by Flux"],
  [{ labels: { "app.kubernetes.io/managed-by": "Helm" } }, {}, "Managed by Helm"],
  [{ labels: { "app.kubernetes.io/managed-by": "someone" } }, {}, undefined],
  [{}, { tier: "calico-system" }, "System"],
  [{ ownerReferences: [owner] }, {}, "System"],
  [{}, undefined, undefined],
])("of %j in %j the badge is %s", (metadata, spec, title) => {
  expect(managerOf({ metadata: { name: "a", ...metadata }, spec })?.title).toBe(title);
});
