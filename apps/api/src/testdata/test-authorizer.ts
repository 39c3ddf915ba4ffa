import type { KubeObject } from "@percale/resources";
import { builtInRoles } from "../auth/rbac/built-in-roles.ts";
import { RbacAuthorizer } from "../auth/rbac/rbac-authorizer.ts";

/** One that has the built-in roles, and more. */
export function testAuthorizer(more: readonly KubeObject[] = []): RbacAuthorizer {
  const authorizer = new RbacAuthorizer();
  authorizer.reset([...builtInRoles(), ...more]);
  return authorizer;
}
