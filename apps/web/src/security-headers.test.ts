import { expect, test } from "vitest";
import { securityHeaders } from "./security-headers.ts";

test("production pages run no inline script or style without the nonce and cannot be framed", () => {
  const policy = securityHeaders({ nonce: "abc", dev: false })["content-security-policy"] ?? "";
  const directive = (name: string) => policy.split("; ").find((part) => part.startsWith(`${name} `));
  expect(directive("script-src")).toBe("script-src 'self' 'nonce-abc'");
  expect(directive("style-src")).toBe("style-src 'self' 'nonce-abc'");
  expect(directive("worker-src")).toBe("worker-src 'none'");
  expect(directive("frame-ancestors")).toBe("frame-ancestors 'none'");
});
